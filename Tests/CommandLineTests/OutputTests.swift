import SluiceSimulator
import Testing

extension CommandLineTests {
    /// Standard output is data; standard error is everything else.
    @Suite struct OutputTests {
        @Test func totalsAsJSONAddUp() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write(
                    "rows.jsonl", Rows.jsonl(1...9) + #"{"custom_id":"cut","prompt":"long","max_tokens":2}"# + "\n")
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 1)
                let totals = try Totals(ending.output)
                #expect(totals.state == "complete")
                #expect(totals.rows == 10)
                #expect(totals.classes["ok"] == 9)
                #expect(totals.classes["truncated"] == 1)
                #expect(totals.sumOfClasses == 10)
                #expect(totals.attempts == 10)
                #expect(totals.retries == 0)
                #expect(totals.inFlight == 0)
                #expect(totals.possiblyBilled == 0)
                let statistics = simulator.statistics()
                #expect(Int(totals.promptTokens) == statistics.promptTokens)
                #expect(Int(totals.completionTokens) == statistics.completionTokens)
                #expect(totals.totalTokens == totals.promptTokens + totals.completionTokens)
                // The same is read back later.
                let status = try await workspace.sluice("status", "--json")
                #expect(status.output == ending.output)
            }
        }

        @Test func resultsMayBeLeftForLater() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml", "--no-results").code == 0)
                #expect(try workspace.names == ["rows.jsonl", "job.yaml", ".sluice"])
                #expect(try await workspace.sluice("export", "--output", "later.jsonl").code == 0)
                Rows.expectAnswered(try workspace.results("later.jsonl"), 1...3)
            }
        }

        @Test(arguments: ["--output", "--errors"])
        func noResultsHaveNoPlace(option: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--no-results", option, "there.jsonl")
                #expect(ending.code == 64)
                #expect(ending.errors.contains("--no-results writes neither --output nor --errors"))
                #expect(simulator.statistics().requests == 0)
            }
        }

        @Test func quietSaysNothing() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--quiet")
                #expect(ending.code == 0)
                #expect(ending.output.isEmpty && ending.errors.isEmpty)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...3)
                // But errors it does say.
                try workspace.write("rows.jsonl", "{\n")
                let bad = try await workspace.sluice("run", "job.yaml", "-q")
                #expect(bad.code == 2)
                #expect(bad.errors.contains("rows.jsonl"))
            }
        }

        @Test func resultsGoToStandardOutputAlone() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                let ending = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL, "--output", "-")
                #expect(ending.code == 0)
                Rows.expectAnswered(try ResultLine.read(ending.output), 1...3)
                #expect(ending.errors.contains("3 rows: 3 new"))
                #expect(try workspace.names == ["rows.jsonl", ".sluice"])
                let export = try await workspace.sluice("export", "--output", "-")
                #expect(export.output == ending.output)
                #expect(export.errors.isEmpty)
            }
        }

        @Test func resultsAppearWholeOrNotAtAll() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("blocked", "a file where a folder is wanted")
                let ending = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL, "--output",
                    "blocked/results.jsonl")
                #expect(ending.code == 2)
                #expect(ending.errors.contains("cannot write blocked/results.jsonl"))
                // What was paid for is there.
                let export = try await workspace.sluice("export", "--output", "deep/er/results.jsonl")
                #expect(export.code == 0)
                Rows.expectAnswered(try workspace.results("deep/er/results.jsonl"), 1...3)
                #expect(simulator.statistics().requests == 3)
                #expect(try workspace.names == ["rows.jsonl", "blocked", "deep", ".sluice"])
            }
        }

        @Test func aTableOfResultsHoldsTheInputsColumns() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("t.csv", "id,class,q\n1,history,\"Why, \"\"Ada\"\"?\"\n2,,\"two\nlines\"\n")
                let ending = try await workspace.sluice(
                    "run", "t.csv", "--template", "{{q}}", "--id", "{{id}}", "--model", "m", "--base-url",
                    simulator.baseURL, "--format", "csv", "--with", "input")
                #expect(ending.code == 0)
                let table = try workspace.text("t.results.csv")
                #expect(
                    table.hasPrefix("id,input.class,q,custom_id,class,text,finish_reason,model,prompt_tokens,"))
                let first = SimulatedAnswer.text("Why, \"Ada\"?").replacing("\"", with: "\"\"")
                #expect(table.contains("\n1,history,\"Why, \"\"Ada\"\"?\",1,ok,\"\(first)\",stop,m,"))
                #expect(table.contains("\n2,,\"two\nlines\",2,ok,\"\(SimulatedAnswer.text("two\nlines"))\",stop,m,"))
            }
        }

        @Test func rowsWithoutAnAnswerGoToAFileOfTheirOwn() async throws {
            try await withEndpoint {
                $0.script = { request, _ in
                    String(decoding: request.body, as: UTF8.self).contains("Question 2:")
                        ? ScriptedReply(status: 400, body: #"{"error":{"message":"no"}}"#) : nil
                }
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--errors", "failed.jsonl")
                #expect(ending.code == 1)
                #expect(ending.errors.contains("2 rows written to results.jsonl, 1 to failed.jsonl"))
                Rows.expectAnswered(try workspace.results("results.jsonl"), [1, 3])
                #expect(try workspace.results("failed.jsonl").map(\.customID) == ["r2"])
            }
        }

        @Test func resultsNeverTakeThePlaceOfTheInput() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                let ending = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL, "--output", "./rows.jsonl")
                let input = try workspace.text("rows.jsonl")
                #expect(ending.code == 2)
                #expect(input == Rows.jsonl(1...2))
                #expect(simulator.statistics().requests == 0)
            }
        }

        @Test(arguments: ["job.yaml", ".sluice/queue.db", "key"])
        func resultsTakeThePlaceOfNothingThatTheRunNeeds(file: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("key", "a-key-of-some-length")
                try workspace.write("job.yaml", jobFile(simulator, endpoint: ", key_file: key"))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let before = simulator.statistics().requests
                let ending = try await workspace.sluice("run", "job.yaml", "--new", "--output", file)
                #expect(ending.code == 2)
                #expect(ending.errors.contains("the results would take the place of"))
                #expect(simulator.statistics().requests == before)
                #expect(try await workspace.sluice("status").code == 0)
            }
        }

        @Test func resultsThatCannotBeWrittenHideNoTotals() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("job.yaml", jobFile(simulator))
                try workspace.write("no-folder", "")
                let ending = try await workspace.sluice("run", "job.yaml", "--output", "no-folder/r.jsonl", "--json")
                #expect(ending.code == 2)
                #expect(ending.errors.contains("cannot write no-folder/r.jsonl"))
                #expect(try Totals(ending.output).classes["ok"] == 2)
            }
        }

        @Test(arguments: ["r.jsonl", "./r.jsonl"])
        func resultsAndErrorsNeedFilesOfTheirOwn(errors: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                let ending = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL, "--output", "r.jsonl",
                    "--errors", errors)
                #expect(ending.code == 2)
                #expect(simulator.statistics().requests == 0)
            }
        }

        @Test func aFullDiskLosesNothing() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2000))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 64))
                let ending = try await workspace.sluice("run", "job.yaml", "--output", "/dev/full")
                #expect(ending.code == 2)
                #expect(ending.errors.contains("the results are safe in the queue"))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...2000)
                #expect(simulator.statistics().requests == 2000)
            }
        }

        @Test func versionAndHelpAreData() async throws {
            let workspace = try Workspace()
            for arguments in [["--version"], ["--help"], ["run", "--help"], ["help", "export"]] {
                let ending = try await workspace.sluice(arguments)
                #expect(ending.code == 0)
                #expect(!ending.output.isEmpty)
                #expect(ending.errors.isEmpty)
            }
            #expect(try workspace.names.isEmpty)
        }
    }
}
