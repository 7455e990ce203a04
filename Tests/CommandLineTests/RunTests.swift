import SluiceSimulator
import Testing

extension CommandLineTests {
    /// A run from its input to its results, and the same command typed again.
    @Suite struct RunTests {
        @Test func aJobFileIsRunOnceAndThenHasNothingToSend() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...40))
                try workspace.write("job.yaml", jobFile(simulator))
                let first = try await workspace.sluice("run", "job.yaml")
                #expect(first.code == 0)
                #expect(first.output.isEmpty)
                #expect(first.errors.contains("40 rows: 40 new, 0 changed, 0 removed, 0 reusable"))
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...40)
                #expect(simulator.statistics().requests == 40)

                let results = try workspace.bytes("results.jsonl")
                let again = try await workspace.sluice("run", "job.yaml")
                #expect(again.code == 0)
                #expect(again.errors.contains("40 rows: 0 new, 0 changed, 0 removed, 40 reusable"))
                #expect(again.errors.contains("nothing to send"))
                #expect(simulator.statistics().requests == 40)
                #expect(try workspace.bytes("results.jsonl") == results)
            }
        }

        @Test func aTableIsRunByFlagsAlone() async throws {
            try await withEndpoint { simulator, workspace in
                let table = "name,city\nAda,London\n\"Lovelace, A.\",\"Nottingham\nEngland\"\nÉmilie,Lunéville\n"
                try workspace.write("people.csv", table)
                let command = [
                    "run", "people.csv", "--template", "Who was {{name}} of {{city}}?", "--id", "{{name}}", "--model",
                    "m", "--base-url", simulator.baseURL,
                ]
                #expect(try await workspace.sluice(command).code == 0)
                let results = try workspace.results("people.results.jsonl")
                #expect(results.map(\.customID) == ["Ada", "Lovelace, A.", "Émilie"])
                let prompts = [
                    "Who was Ada of London?", "Who was Lovelace, A. of Nottingham\nEngland?",
                    "Who was Émilie of Lunéville?",
                ]
                #expect(results.map(\.text) == prompts.map { SimulatedAnswer.text($0) })
                #expect(try await workspace.sluice(command).code == 0)
                #expect(simulator.statistics().requests == 3)
            }
        }

        @Test func promptsOfTheirOwnAreRunByFlagsAlone() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...7))
                let command = ["run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL]
                let first = try await workspace.sluice(command)
                #expect(first.code == 0)
                Rows.expectAnswered(try workspace.results("rows.results.jsonl"), 1...7)
                let again = try await workspace.sluice(command)
                #expect(again.code == 0)
                #expect(again.errors.contains("7 reusable"))
                #expect(simulator.statistics().requests == 7)
            }
        }

        @Test func theLastWordOfTheUserIsWhatIsAnswered() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write(
                    "talks.jsonl",
                    """
                    {"custom_id":"t1","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi!"}]}
                    {"custom_id":"t2","messages":[{"role":"user","content":"17 × 24?"},{"role":"assistant","content":"408"},\
                    {"role":"user","content":[{"type":"text","text":"And half"},{"type":"text","text":" of that?"}]}]}

                    """)
                let ending = try await workspace.sluice(
                    "run", "talks.jsonl", "--model", "m", "--base-url", simulator.baseURL)
                #expect(ending.code == 0)
                let results = try workspace.results("talks.results.jsonl")
                #expect(results.map(\.customID) == ["t1", "t2"])
                #expect(results.map(\.text) == ["Hi!", "And half of that?"].map { SimulatedAnswer.text($0) })
            }
        }

        @Test func aResultLineLooksAsDocumented() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write(
                    "rows.jsonl", "{\"custom_id\":\"r1\",\"prompt\":\"Say \\\"é\\\"\\nand\\u2028stop\"}\n")
                let ending = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "gpt-5.2", "--base-url", simulator.baseURL)
                #expect(ending.code == 0)
                let prompt = "Say \"é\"\nand\u{2028}stop"
                let hash = SimulatedAnswer.text(prompt).dropFirst("echo:".count).prefix(16)
                // 18 bytes of prompt and 40 of answer: four are a token.
                let expected =
                    #"{"custom_id":"r1","class":"ok","text":"echo:\#(hash) Say \"é\"\nand\#u{2028}stop","#
                    + #""finish_reason":"stop","model":"gpt-5.2","usage":{"prompt_tokens":5,"completion_tokens":11,"#
                    + #""total_tokens":16,"cached_tokens":0,"reasoning_tokens":0},"cost_usd":null,"attempts":1,"#
                    + #""latency_ms":0,"error":null}"#
                let line = try #require(try workspace.lines("rows.results.jsonl").first)
                #expect(line.replacing(/"latency_ms":\d+/, with: "\"latency_ms\":0") == expected)
            }
        }

        @Test func moreIsWrittenForEachResultWhereAskedFor() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("t.csv", "id,note\na,\"x \"\"y\"\"\"\nb,é\n")
                let ending = try await workspace.sluice(
                    "run", "t.csv", "--template", "{{note}}", "--model", "m", "--id", "{{id}}", "--base-url",
                    simulator.baseURL, "--with", "input", "--with", "request", "--with", "answer")
                #expect(ending.code == 0)
                let lines = try workspace.lines("t.results.jsonl")
                try #require(lines.count == 2)
                #expect(lines[0].contains(#","input":{"id":"a","note":"x \"y\""},"#))
                #expect(
                    lines[0].contains(
                        #""request":{"model":"m","messages":[{"role":"user","content":"x \"y\""}]},"answer":{"id":"chatcmpl-"#
                    ))
                #expect(lines[1].contains(#","input":{"id":"b","note":"é"},"request":{"#))
                #expect(lines[1].contains(#""object":"chat.completion""#))
                #expect(try workspace.results("t.results.jsonl").map(\.customID) == ["a", "b"])
            }
        }

        @Test func anotherRunAsksAllAgainAndLeavesTheFirstAsItIs() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(try await workspace.sluice("run", "job.yaml", "--new").code == 0)
                #expect(simulator.statistics().requests == 6)
                for run in ["1", "2"] {
                    Rows.expectAnswered(
                        try ResultLine.read(try await workspace.sluice("export", run).output), 1...3)
                }
            }
        }

        /// The model refuses a length: its words are there, and the row is not ok.
        @Test func anAnswerCutShortIsNotAllWell() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write(
                    "rows.jsonl", Rows.jsonl(1...2) + #"{"custom_id":"cut","prompt":"long","max_tokens":2}"# + "\n")
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.code == 1)
                let results = try workspace.results("results.jsonl")
                #expect(results.map(\.resultClass) == ["ok", "ok", "truncated"])
                #expect(results.last?.text.map { SimulatedAnswer.text("long").hasPrefix($0) } == true)
                #expect(try await workspace.sluice("run", "job.yaml").code == 1)
                #expect(simulator.statistics().requests == 3)
            }
        }

        /// What was sent today counts for the day's limit of the next command as well, also that of another run.
        @Test func aDaysLimitHoldsOverRuns() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...20))
                try workspace.write("job.yaml", jobFile(simulator))
                let first = try await workspace.sluice("run", "job.yaml", "--requests-per-day", "12")
                #expect(first.code == 3)
                #expect(first.errors.contains("the day's limit is used up; from "))
                #expect(simulator.statistics().requests == 12)
                for flags in [[], ["--new"]] {
                    let next = try await workspace.sluice(["run", "job.yaml", "--requests-per-day", "12"] + flags)
                    #expect(next.code == 3)
                    #expect(simulator.statistics().requests == 12)
                }
                let more = try await workspace.sluice("run", "job.yaml", "--requests-per-day", "50")
                #expect(more.code == 0)
                #expect(simulator.statistics().requests == 32)
            }
        }
    }
}
