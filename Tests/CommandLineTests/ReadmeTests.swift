import Foundation
import SluiceSimulator
import Testing

extension CommandLineTests {
    /// The README's commands do what it says.
    @Suite struct ReadmeTests {
        /// Commands of the README, and what it shows of their output.
        private struct Example {
            var commands: String
            /// Lines that are shown whole.
            var shown: [String]

            /// Whether it can be run here: no building, no simulated endpoint with settings of its own, no program that
            /// may not be there, nothing that is not on this machine.
            var isRunnable: Bool {
                commands.contains("sluice ")
                    && !["scripts/", "swift ", "sqlite3", "curl", "--fault"].contains { commands.contains($0) }
            }
        }

        private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()

        /// Blocks fenced as `sh`, each with the plain block that follows it at once.
        private static func examples(in text: String) -> [Example] {
            var examples: [Example] = []
            var block: [Substring]?
            var isShell = false
            var mayBeOutput = false
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("```"), let content = block {
                    if isShell {
                        examples.append(Example(commands: content.joined(separator: "\n"), shown: []))
                    } else if mayBeOutput {
                        examples[examples.count - 1].shown = content.filter { !$0.contains("…") }.map(String.init)
                    }
                    mayBeOutput = isShell
                    block = nil
                } else if line.hasPrefix("```") {
                    isShell = line == "```sh"
                    mayBeOutput = mayBeOutput && line == "```"
                    block = []
                } else if block != nil {
                    block?.append(line)
                } else {
                    mayBeOutput = false
                }
            }
            return examples
        }

        @Test func itsCommandsDoWhatItShows() async throws {
            let text = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
            let examples = Self.examples(in: text).filter(\.isRunnable)
            #expect(examples.count >= 6)
            #expect(examples.contains { !$0.shown.isEmpty })
            try await withEndpoint { simulator, workspace in
                let other = try await Simulator.start()
                for folder in ["examples", "jobs"] {
                    try FileManager.default.copyItem(
                        atPath: Self.root.appending(path: folder).path, toPath: "\(workspace.path)/\(folder)")
                }
                try Self.direct("\(workspace.path)/jobs/fleet.yaml", to: [simulator.baseURL, other.baseURL])
                for example in examples {
                    var said: [Substring] = []
                    for command in Self.commands(of: example, endpoint: simulator.baseURL) {
                        let ending = try await workspace.shell(command)
                        // One of them shows what happens to bad rows.
                        let expected: Int32 = command.hasPrefix("sluice plan bad.jsonl") ? 2 : 0
                        #expect(ending.code == expected, "\(command): \(ending.errors)")
                        said += (ending.output + ending.errors).split(separator: "\n")
                    }
                    for line in example.shown { #expect(said.contains(line[...]), "shown: \(line)") }
                }
                #expect(other.statistics().answered > 0)
                await other.stop()
            }
        }

        /// Puts endpoints at hand in the place of those that a job names.
        private static func direct(_ job: String, to endpoints: [String]) throws {
            let text = try String(contentsOfFile: job, encoding: .utf8)
            let directed = text.replacing("base_url: http://127.0.0.1:8080/v1", with: "base_url: \(endpoints[0])")
                .replacing("base_url: http://127.0.0.1:8081/v1", with: "base_url: \(endpoints[1])")
            try directed.write(toFile: job, atomically: true, encoding: .utf8)
        }

        /// Each command on a line of its own, sent to the endpoint at hand. What would go elsewhere is left out.
        private static func commands(of example: Example, endpoint: String) -> [String] {
            example.commands
                .replacing("\\\n", with: "")
                .replacing("http://127.0.0.1:8080/v1", with: endpoint)
                .split(separator: "\n").map(String.init)
                .filter { command in
                    let isDirected = command.contains(endpoint) || command.contains("jobs/fleet.yaml")
                    if command.hasPrefix("sluice run "), !isDirected { return false }
                    return !command.hasPrefix("sluice-simulator") && !command.hasPrefix("export ")
                }
                .map { command in
                    guard command.contains("jobs/summaries.yaml") else { return command }
                    // A job that asks for a key, and that keeps to an account's limits: half a minute's worth.
                    let limits = " --requests-per-minute 1000000 --tokens-per-minute 1000000000"
                    let words = command.split(separator: " #")[0]
                    return "EVOLINK_API_KEY=rehearsal " + words + limits
                }
        }
    }
}
