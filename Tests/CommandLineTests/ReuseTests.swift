import SluiceSimulator
import Testing

@testable import Sluice

extension CommandLineTests {
    /// Answers that are taken over from another run, and said to be.
    @Suite struct ReuseTests {
        @Test func aJobThatAsksForItTakesOverAnswers() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                try workspace.write("rows.jsonl", Rows.jsonl(3...8))
                try workspace.write("job.yaml", jobFile(simulator, more: "reuse: identical"))

                let before = try workspace.contents()
                let plan = try await workspace.sluice("plan", "job.yaml", "--name", "tonight")
                #expect(
                    plan.output.contains(
                        "6 rows: 6 new, 0 changed, 0 removed, 0 reusable; 2 of them answered before by identical requests of other runs"
                    ))
                #expect(plan.output.contains("to send  4\n"))
                #expect(try workspace.contents() == before)

                let run = try await workspace.sluice("run", "job.yaml", "--name", "tonight")
                #expect(run.code == 0)
                #expect(run.errors.contains("2 of them answered before by identical requests of other runs"))
                #expect(run.errors.contains("4 to send, 2 have their result"))
                #expect(run.errors.contains("reused    2 of the ok rows: answered before by identical requests"))
                #expect(run.errors.contains("attempts  4 ·"))
                #expect(simulator.statistics().requests == 8)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 3...8)
                #expect(try workspace.results("results.jsonl").map(\.attempts) == [0, 0, 1, 1, 1, 1])
                #expect(try await workspace.sluice("runs").output.contains(/tonight +6 +6 +0 +0 +2 +\d/))

                // All of it known: a run on purpose that sends nothing says why; one that wants to ask does.
                let known = try await workspace.sluice("run", "job.yaml", "--new", "--name", "tonight")
                #expect(known.errors.contains("6 of them answered before"))
                #expect(simulator.statistics().requests == 8)
                let anew = try await workspace.sluice(
                    "run", "job.yaml", "--new", "--name", "tonight", "--reuse", "never")
                #expect(anew.code == 0)
                #expect(!anew.errors.contains("answered before"))
                #expect(simulator.statistics().requests == 14)

                // The run that they came from is deleted; what was taken over stays.
                let results = try await workspace.sluice("export", "2").output
                #expect(try await workspace.sluice("prune", "job").code == 0)
                #expect(try await workspace.sluice("export", "2").output == results)
                try workspace.expectSoundQueue()
            }
        }

        @Test func aWordThatSaysNothingIsRefused() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("job.yaml", jobFile(simulator, more: "reuse: identicl"))
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.code == 2)
                #expect(ending.errors.contains("reuse: must be one of never, identical; did you mean 'identical'?"))
            }
        }
    }
}
