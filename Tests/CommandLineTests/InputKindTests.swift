import Testing

@testable import SluiceSimulator

extension CommandLineTests {
    /// The ways in which inputs are written.
    @Suite struct InputKindTests {
        private static let table = "id,q\nr1,first é\nr2,\"second,\"\nr3,\"\"\"third\"\"\"\n"
        private static let prompts = ["first é", "second,", "\"third\""]

        private static func expectTable(_ workspace: Workspace, _ name: String) throws {
            let results = try workspace.results(name)
            #expect(results.map(\.customID) == ["r1", "r2", "r3"])
            #expect(results.map(\.text) == prompts.map { SimulatedAnswer.text($0) })
        }

        /// A carriage return and a line feed are one Character.
        private static let windows = table.replacing("\n", with: "\r\n")

        static let tableFiles: [(name: String, text: String, flags: [String])] = [
            ("t.csv", table, []),
            ("t.csv", "\u{FEFF}" + table, []),
            ("t.csv", windows, []),
            ("t.csv", String(("\u{FEFF}" + windows).dropLast()), []),
            ("t.csv", "id;q\nr1;first é\nr2;second,\nr3;\"\"\"third\"\"\"\n", ["--delimiter", ";"]),
            ("t.tsv", "id\tq\nr1\tfirst é\nr2\tsecond,\nr3\t\"\"\"third\"\"\"\n", []),
            ("t.txt", "id\tq\nr1\tfirst é\nr2\tsecond,\nr3\t\"\"\"third\"\"\"\n", ["--delimiter", "tab"]),
            ("t.data", table, ["--input-format", "csv"]),
        ]

        @Test(arguments: tableFiles)
        func tables(name: String, text: String, flags: [String]) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write(name, text)
                let command = [
                    "run", name, "--template", "{{q}}", "--id", "{{id}}", "--model", "m", "--base-url",
                    simulator.baseURL,
                ]
                #expect(try await workspace.sluice(command + flags).code == 0)
                try Self.expectTable(workspace, "t.results.jsonl")
            }
        }

        private static let ragged: String = [
            "\n\n", Rows.line(1), "   \n", Rows.line(2), "\r\n", String(Rows.line(3).dropLast()),
        ].joined()

        static let lineFiles: [(name: String, text: String)] = [
            ("rows.jsonl", Rows.jsonl(1...3)),
            ("rows.jsonl", "\u{FEFF}" + Rows.jsonl(1...3).replacing("\n", with: "\r\n")),
            ("rows.jsonl", ragged),
            ("rows.ndjson", Rows.jsonl(1...3)),
            ("rows", Rows.jsonl(1...3)),
        ]

        @Test(arguments: lineFiles)
        func lines(name: String, text: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write(name, text)
                let ending = try await workspace.sluice("run", name, "--model", "m", "--base-url", simulator.baseURL)
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("rows.results.jsonl"), 1...3)
            }
        }

        /// A table may bring whole requests: fields of the API in columns of their names.
        @Test func aTableWithPromptsOfItsOwn() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try workspace.write(
                    "t.csv",
                    "custom_id,prompt,temperature,stop,note\na,\"Say \"\"é\"\"\",0.70,\"[\"\"x\"\"]\",unsent\nb,second,,,\n"
                )
                let ending = try await workspace.sluice(
                    "run", "t.csv", "--model", "m", "--base-url", simulator.baseURL, "--concurrency", "1")
                #expect(ending.code == 0)
                let sent = recorder.requests.map { String(decoding: $0.body, as: UTF8.self) }
                try #require(sent.count == 2)
                #expect(sent[0].contains(#""temperature":0.70,"stop":["x"]"#))
                #expect(!sent[0].contains("unsent"))
                #expect(sent[1] == #"{"model":"m","messages":[{"role":"user","content":"second"}]}"#)
                let results = try workspace.results("t.results.jsonl")
                #expect(results.map(\.customID) == ["a", "b"])
                #expect(results.map(\.text) == ["Say \"é\"", "second"].map { SimulatedAnswer.text($0) })
            }
        }

        @Test func aRowOfMegabytes() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                let prompt = String(repeating: "größer \t", count: 300_000)
                let escaped = prompt.replacing("\t", with: "\\t")
                try workspace.write("rows.jsonl", "{\"custom_id\":\"big\",\"prompt\":\"\(escaped)\"}\n" + Rows.line(1))
                let ending = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL)
                #expect(ending.code == 0)
                let results = try workspace.results("rows.results.jsonl")
                #expect(results.map(\.customID) == ["big", "r1"])
                #expect(results.first?.text == SimulatedAnswer.text(prompt))
                #expect(recorder.requests.contains { $0.body.count > escaped.utf8.count })
            }
        }

        @Test(arguments: ["rows.jsonl.gz", "rows.gz", "rows.jsonl"])
        func compressed(name: String) async throws {
            try await withEndpoint { simulator, workspace in
                // Two members, as when one file was appended to another.
                try workspace.write(
                    name,
                    StoredGzip.wrap(Array(Rows.jsonl(1...20).utf8)) + StoredGzip.wrap(Array(Rows.jsonl(21...30).utf8)))
                let ending = try await workspace.sluice("run", name, "--model", "m", "--base-url", simulator.baseURL)
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("rows.results.jsonl"), 1...30)
            }
        }

        @Test func standardInput() async throws {
            try await withEndpoint { simulator, workspace in
                let command = ["run", "-", "--model", "m", "--base-url", simulator.baseURL]
                let lines = Array(Rows.jsonl(1...50).utf8)
                #expect(try await workspace.sluice(command, input: .bytes(lines)).code == 0)
                Rows.expectAnswered(try workspace.results("stdin.results.jsonl"), 1...50)
                // Typed again, compressed this time, it is the same job.
                let again = try await workspace.sluice(command, input: .bytes(StoredGzip.wrap(lines)))
                #expect(again.code == 0)
                #expect(again.errors.contains("50 reusable"))
                #expect(simulator.statistics().requests == 50)

                let table = try await workspace.sluice(
                    command + ["--template", "{{q}}", "--id", "{{id}}", "--name", "table"],
                    input: .bytes(Array(Self.table.utf8)))
                #expect(table.code == 0)
                try Self.expectTable(workspace, "table.results.jsonl")
                let nothing = try await workspace.sluice(command)
                #expect(nothing.code == 2)
                #expect(nothing.errors.contains("holds no rows"))
            }
        }

        @Test func pathsOfAJobFileAreSeenFromTheFile() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("data/rows.jsonl", Rows.jsonl(1...2))
                try workspace.write(
                    "jobs/job.yaml",
                    jobFile(simulator, input: "../data/rows.jsonl").replacing("results.jsonl", with: "../out/r.jsonl"))
                #expect(try await workspace.sluice("run", "jobs/job.yaml").code == 0)
                Rows.expectAnswered(try workspace.results("out/r.jsonl"), 1...2)
                #expect(try workspace.names == ["data", "jobs", "out", ".sluice"])
            }
        }
    }
}
