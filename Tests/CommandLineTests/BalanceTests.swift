import SQLite
import SluiceSimulator
import Testing

extension CommandLineTests {
    /// At the end of each run the program sets its counters against what they count.
    @Suite struct BalanceTests {
        @Test(arguments: ["ok = ok - 1", "attempts = attempts + 2", "total_tokens = 1", "possibly_billed = 3"])
        func booksThatAreNotEvenAreABugAndSaidToBe(change: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...6))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let results = try workspace.bytes("results.jsonl")
                try Database(path: workspace.queuePath, mode: .readWrite).execute("UPDATE totals SET \(change)")
                let ending = try await workspace.sluice("run", "job.yaml", "--output", "again.jsonl")
                #expect(ending.code == 2)
                #expect(
                    ending.errors.contains(
                        "sluice: bug in Sluice: the counters of run 1 do not match what they count: "))
                // What was paid for is written all the same.
                #expect(try workspace.bytes("again.jsonl") == results)
            }
        }
    }

    /// A plan is not made again where nothing has changed that it was made from.
    @Suite struct SamePlanTests {
        private func revision(_ workspace: Workspace) throws -> Int64 { try workspace.report().run.revision }

        @Test func theSameCommandDoesNotReadTheRowsAgain() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...6))
                try workspace.write("job.yaml", jobFile(simulator))
                for _ in 1...3 {
                    let ending = try await workspace.sluice("run", "job.yaml", "--concurrency", "3")
                    #expect(ending.code == 0)
                    #expect(try revision(workspace) == 1)
                }
                let last = try await workspace.sluice("run", "job.yaml")
                #expect(last.errors.contains("6 rows: 0 new, 0 changed, 0 removed, 6 reusable"))
                #expect(simulator.statistics().requests == 6)
            }
        }

        @Test(arguments: [
            ["--model", "other"], ["-p", "temperature=0.5"], ["--id", "{{custom_id}}-2"], ["--with", "input"],
            ["--tokens-per-minute", "1000000"], ["--input-format", "jsonl"],
        ])
        func anotherCommandReadsThem(more: [String]) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let ending = try await workspace.sluice(["run", "job.yaml"] + more)
                #expect(ending.code == 0, "\(ending.errors)")
                #expect(try revision(workspace) == 2)
                // And back.
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(try revision(workspace) == 3)
            }
        }

        @Test func anotherInputIsRead() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                // As long as before, to the byte.
                try workspace.write("rows.jsonl", Rows.jsonl(1...2) + Rows.line(3).replacing("Mond", with: "Mund"))
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.errors.contains("3 rows: 0 new, 1 changed, 0 removed, 2 reusable"))
                #expect(simulator.statistics().requests == 4)
                try workspace.write("rows.jsonl", Rows.jsonl(1...2) + "{\"custom_id\":\"r3\"}\n")
                #expect(try await workspace.sluice("run", "job.yaml").code == 2)
                #expect(try revision(workspace) == 2)
                // What is on the disk is faulty still, however often it is tried.
                #expect(try await workspace.sluice("run", "job.yaml").code == 2)
            }
        }

        @Test func standardInputIsAlwaysRead() async throws {
            try await withEndpoint { simulator, workspace in
                let command = ["run", "-", "--model", "m", "--base-url", simulator.baseURL]
                for round in 1...2 {
                    let input = Program.Input.bytes(Array(Rows.jsonl(1...3).utf8))
                    #expect(try await workspace.sluice(command, input: input).code == 0)
                    let revision = try revision(workspace)
                    #expect(revision == Int64(round))
                }
            }
        }

        /// A plan that died half-way leaves rows about, which only planning clears away.
        @Test func aPlanThatWasBegunIsMadeAgain() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                try Database(path: workspace.queuePath, mode: .readWrite).execute("UPDATE runs SET planning = 1")
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(try revision(workspace) == 2)
                #expect(try await workspace.sluice("run", "job.yaml", "--new").code == 0)
                #expect(simulator.statistics().requests == 6)
            }
        }
    }
}
