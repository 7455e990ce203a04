import Foundation
import SluiceSimulator
import Testing

@testable import Sluice

extension CommandLineTests {
    /// The README's block for each provider, against an endpoint in that provider's guise.
    @Suite struct ProviderTests {
        struct Block: Sendable, CustomTestStringConvertible {
            /// As the imitation is called.
            var name: String
            var yaml: String

            var testDescription: String { name }

            /// The block with the simulated endpoint in place of the provider's host; the path stays.
            func job(_ simulator: Simulator) throws -> String {
                let host = try #require(yaml.firstMatch(of: #/https?://[^/,}]+/#))
                let origin = try #require(simulator.baseURL.firstMatch(of: #/http://[^/]+/#)).output
                return "name: job\ninput: rows.jsonl\nretry: {base: 1ms, cap: 5ms, attempts: 2}\n"
                    + yaml.replacing(host.output, with: origin)
            }

            var variable: String? {
                yaml.firstMatch(of: #/key_env: ([A-Z_]+)/#).map { String($0.1) }
            }
        }

        static let blocks: [Block] = {
            let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "README.md")
            let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
            let section = text.split(separator: "\n## ").first { $0.hasPrefix("Providers\n") } ?? ""
            var blocks: [Block] = []
            var isInside = false
            for line in section.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("```") {
                    isInside = line == "```yaml"
                } else if isInside, line.hasPrefix("# ") {
                    blocks.append(Block(name: String(line.dropFirst(2).prefix { $0 != ":" }), yaml: ""))
                } else if isInside, !blocks.isEmpty {
                    blocks[blocks.count - 1].yaml += line + "\n"
                }
            }
            return blocks
        }()

        @Test func everyProviderHasItsBlock() {
            #expect(Set(Self.blocks.map(\.name)) == Set(Imitation.all.map(\.name)))
        }

        @Test(arguments: blocks, [false, true])
        func itsBlockWorks(block: Block, streamed: Bool) async throws {
            let imitation = try #require(Imitation(named: block.name))
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.imitation = imitation
                $0.key = block.variable == nil ? nil : "a-key-of-the-tests"
                $0.recorder = recorder
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...6))
                try workspace.write("job.yaml", try block.job(simulator))
                let environment = block.variable.map { [$0: "a-key-of-the-tests"] } ?? [:]
                let ending = try await workspace.sluice(
                    ["run", "job.yaml", "--json"] + (streamed ? ["--stream"] : []), environment: environment)
                #expect(ending.code == 0, "\(ending.errors)")
                let totals = try Totals(ending.output)
                #expect(totals.classes["ok"] == 6)
                #expect(totals.attempts == 6)
                // Usage came in that provider's shape, streamed or not.
                #expect(totals.promptTokens > 0 && totals.completionTokens > 0)
                let queue = try Queue(reading: "\(workspace.path)/.sluice/queue.db")
                #expect(try queue.database.integer("SELECT count(*) FROM attempts WHERE total_tokens IS NULL") == 0)
                let kept = try queue.database.integer(
                    "SELECT count(DISTINCT provider_request_id) FROM attempts WHERE provider_request_id IS NOT NULL")
                let withoutIDs = ["gemini", "vllm", "llamacpp", "ollama"]
                #expect(kept == (withoutIDs.contains(block.name) ? 0 : 6))
                if block.name == "openrouter" || block.name == "litellm" && !streamed {
                    #expect(try queue.database.integer("SELECT count(*) FROM attempts WHERE cost_picousd > 0") == 6)
                }
                if block.name == "openai" {
                    #expect(recorder.requests.allSatisfy { $0.header("OpenAI-Organization") == "org-1" })
                    #expect(recorder.requests.allSatisfy { $0.header("OpenAI-Project") == "proj-1" })
                }
            }
        }

        /// A wrong key stops the run whatever shape the provider says it in.
        @Test(arguments: blocks.filter { $0.variable != nil })
        func aWrongKeyStopsTheRun(block: Block) async throws {
            let imitation = try #require(Imitation(named: block.name))
            try await withEndpoint {
                $0.imitation = imitation
                $0.key = "another-key-altogether"
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...6))
                try workspace.write("job.yaml", try block.job(simulator))
                let ending = try await workspace.sluice(
                    ["run", "job.yaml"], environment: [block.variable ?? "": "a-key-of-the-tests"])
                #expect(ending.code == 3, "\(ending.errors)")
                #expect(simulator.statistics().answered == 0)
                #expect(!ending.errors.contains("a-key-of-the-tests"))
            }
        }
    }
}
