import Foundation
import JSON
import SQLite
import SluiceSimulator
import Testing

@testable import Sluice

extension CommandLineTests {
    /// Answers as providers send them, replayed to the built program: what it makes of them stands in its results, its
    /// ledger and its exit code.
    @Suite struct ReplayTests {
        struct Fixture: Sendable, CustomTestStringConvertible {
            var name: String
            var url: String
            /// `ok`, `retry throttled`, `stop quota` and so on.
            var verdict: String
            var text: String??
            var errorCode: String?
            var error: String?
            var requestID: String?
            var usage: [String: Int64] = [:]

            var testDescription: String { name }

            /// A batch line whose prompt is the fixture's name.
            var line: String {
                let prompt =
                    switch url {
                    case "/v1/responses", "/v1/embeddings", "/v1/moderations": #""input":"\#(name)""#
                    case "/v1/completions": #""prompt":"\#(name)""#
                    default: #""messages":[{"role":"user","content":"\#(name)"}]"#
                    }
                return #"{"custom_id":"\#(name)","method":"POST","url":"\#(url)","body":{"model":"m",\#(prompt)}}"#
                    + "\n"
            }

            /// The classes that the row may end in, where one attempt is all it gets. A stream that broke off ends as
            /// a cut answer where it had text.
            var classes: Set<String> {
                switch verdict {
                case "retry unusable", "retry transport": ["failed", "truncated"]
                case let verdict where verdict.hasPrefix("retry"): ["failed"]
                default: [verdict]
                }
            }

            init?(_ path: String) throws {
                let root = try JSONParser().parse(Workspace.contents(of: path))
                guard let name = root["name"]?.string, let expect = root["expect"],
                    let verdict = expect["class"]?.string ?? expect["verdict"]?.string
                else { return nil }
                self.name = name
                self.verdict = verdict
                url = root["url"]?.string ?? "/v1/chat/completions"
                text = expect["text"].map { $0.string }
                errorCode = expect["error_code"]?.string
                error = expect["error"]?.string
                requestID = expect["request_id"]?.string
                for (key, value) in expect["usage"]?.members ?? root.members where value.integer != nil {
                    if expect["usage"] != nil, let key = key.string { usage[key] = value.integer }
                }
            }
        }

        private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/providers").path

        static let fixtures: [Fixture] = {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.sorted().compactMap { try? Fixture("\(folder)/\($0)") }
        }()

        static var stops: [Fixture] { fixtures.filter { $0.verdict.hasPrefix("stop") } }
        static var throttles: [Fixture] { fixtures.filter { $0.verdict == "retry throttled" } }
        static var others: [Fixture] {
            fixtures.filter { !$0.verdict.hasPrefix("stop") && $0.verdict != "retry throttled" }
        }

        private func withReplay(_ body: (Simulator, Workspace) async throws -> Void) async throws {
            let replies = try FixtureFolder.load(Self.folder)
            try await withEndpoint {
                $0.fixtures = replies
            } _: { simulator, workspace in
                // Some of them repeat it, and it must stand nowhere.
                try workspace.write("key", "sk-fixture-0123456789")
                try await body(simulator, workspace)
            }
        }

        private func job(_ simulator: Simulator) -> String {
            """
            name: job
            input: rows.jsonl
            endpoint: {base_url: "\(simulator.baseURL)", key_file: key}
            retry: {attempts: 1, base: 1ms, cap: 5ms}
            output: {results: results.jsonl, errors: results.jsonl.errors}
            """
        }

        @Test func allOfThemAreHere() {
            #expect(Self.fixtures.count >= 150)
            #expect(Self.stops.count >= 5)
            #expect(Self.throttles.count >= 5)
        }

        @Test func eachRowEndsAsItsAnswerSays() async throws {
            try await withReplay { simulator, workspace in
                try workspace.write("rows.jsonl", Self.others.map(\.line).joined())
                try workspace.write("job.yaml", job(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 1, "\(ending.errors)")
                #expect(try Totals(ending.output).sumOfClasses == Int64(Self.others.count))
                let lines = try workspace.lines("results.jsonl") + workspace.lines("results.jsonl.errors")
                let rows = Dictionary(try lines.map { (try ResultLine($0).customID, try ResultLine($0)) }) { one, _ in
                    one
                }
                #expect(rows.count == Self.others.count)
                for fixture in Self.others {
                    let row = try #require(rows[fixture.name])
                    #expect(fixture.classes.contains(row.resultClass), "\(fixture.name): \(row)")
                    if let text = fixture.text, !fixture.verdict.hasPrefix("retry"), row.resultClass != "failed" {
                        #expect(row.text == text, "\(fixture.name)")
                    }
                    // A lost connection has a code of its own here, whatever had come.
                    if let code = fixture.errorCode, fixture.verdict != "retry transport" {
                        #expect(row.error?.hasPrefix("\(code): ") == true, "\(fixture.name): \(row)")
                    }
                    if let words = fixture.error, fixture.verdict != "retry transport" {
                        #expect(row.error?.contains(words) == true, "\(fixture.name): \(row)")
                    }
                }
                try expectLedger(of: Self.others, workspace)
                #expect(lines.allSatisfy { !$0.contains("sk-fixture-0123456789") })
            }
        }

        /// Usage and request ids are kept with the attempt, whatever became of it.
        private func expectLedger(of fixtures: [Fixture], _ workspace: Workspace) throws {
            let queue = try Queue(reading: "\(workspace.path)/.sluice/queue.db")
            for fixture in fixtures {
                func ledger(_ column: String) throws -> Int64? {
                    let query = try queue.database.statement(
                        "SELECT \(column) FROM attempts_view WHERE custom_id = ?1")
                    try query.bind(1, fixture.name)
                    defer { query.reset() }
                    return try query.step() ? query.optionalInteger(0) : nil
                }
                for (key, count) in fixture.usage { #expect(try ledger(key) == count, "\(fixture.name): \(key)") }
                if let id = fixture.requestID {
                    let known = id.replacing("'", with: "''")
                    #expect(try ledger("provider_request_id = '\(known)'") == 1, "\(fixture.name)")
                }
            }
        }

        @Test(arguments: stops)
        func aStopEndsTheRun(fixture: Fixture) async throws {
            try await withReplay { simulator, workspace in
                try workspace.write("rows.jsonl", fixture.line)
                try workspace.write("job.yaml", job(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 3, "\(ending.errors)")
                #expect(try Totals(ending.output).classes["unsent"] == 1)
                if let words = fixture.error { #expect(ending.errors.contains(words)) }
            }
        }

        @Test(arguments: throttles)
        func aThrottleCostsNoAttempt(fixture: Fixture) async throws {
            try await withReplay { simulator, workspace in
                try workspace.write("rows.jsonl", fixture.line)
                try workspace.write("job.yaml", job(simulator))
                let program = try workspace.start(["run", "job.yaml", "--json"])
                try await workspace.wait(forRows: 1, in: "attempts WHERE outcome = 'throttled'")
                program.send(SIGINT)
                let ending = try await program.end()
                #expect(ending.code == 3, "\(ending.errors)")
                let totals = try Totals(ending.output)
                #expect(totals.classes["unsent"] == 1)
                #expect(totals.retries == 0)
            }
        }
    }
}
