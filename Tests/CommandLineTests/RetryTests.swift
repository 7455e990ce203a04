import JSON
import SluiceSimulator
import Testing

@testable import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CommandLineTests {
    /// Settled rows that are put back and sent again.
    @Suite struct RetryTests {
        /// Six rows of which r2 and r5 fail once, by a status that is not tried again.
        private func withFailures(_ body: (Simulator, Workspace) async throws -> Void) async throws {
            let script: SimulatorConfiguration.Script = { request, attempt in
                let text = String(decoding: request.body, as: UTF8.self)
                guard attempt == 0, text.contains("Question 2:") || text.contains("Question 5:") else { return nil }
                let code = text.contains("Question 2:") ? "too_odd" : "too_even"
                return ScriptedReply(status: 400, body: #"{"error":{"message":"no","code":"\#(code)"}}"#)
            }
            try await withEndpoint {
                $0.script = script
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...6))
                try workspace.write("job.yaml", jobFile(simulator))
                #expect(try await workspace.sluice("run", "job.yaml").code == 1)
                #expect(simulator.statistics().requests == 6)
                try await body(simulator, workspace)
            }
        }

        @Test func failedRowsAreSentAgainAndNoOthers() async throws {
            try await withFailures { simulator, workspace in
                // Typed again the run says so, and exits by its classes.
                let again = try await workspace.sluice("run", "job.yaml")
                #expect(again.code == 1)
                #expect(again.errors.contains("every row has its result: nothing to send"))

                let ending = try await workspace.sluice("retry", "job", "--class", "failed")
                #expect(ending.code == 0)
                #expect(ending.errors.isEmpty)
                #expect(
                    Workspace.lines(of: ending.output) == [
                        "run 1 · job · 2 rows put back",
                        "class   error     rows",
                        "failed  too_even     1",
                        "failed  too_odd      1",
                        "spent  2 attempts · 0 tokens · $0",
                        "next   the command that ran 'job' (sluice run …) sends them",
                    ])
                #expect(simulator.statistics().requests == 6)
                #expect(try workspace.report().unsent == 2)
                #expect(try await workspace.sluice("status").output.contains("job · rows put back"))

                let run = try await workspace.sluice("run", "job.yaml")
                #expect(run.code == 0)
                #expect(run.errors.contains("2 to send, 4 have their result"))
                #expect(simulator.statistics().requests == 8)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...6)
                let report = try workspace.report()
                #expect(report.isAllOK)
                #expect(report.totals.attempts == 8)
                // What the endpoint said the first time is not lost.
                #expect(try workspace.count("SELECT count(*) FROM attempts WHERE answer LIKE '%too_odd%'") == 1)
                try workspace.expectSoundQueue()

                let done = try await workspace.sluice("run", "job.yaml")
                #expect(done.code == 0)
                #expect(done.errors.contains("every row has its result: nothing to send"))
                let nothing = try await workspace.sluice("retry", "job", "--class", "failed")
                #expect(nothing.code == 0)
                #expect(nothing.output.contains("nothing to put back"))
            }
        }

        /// Rows of an older run that were put back are sent, although a newer run of the job is complete.
        @Test func anOlderRunWhoseRowsWerePutBackIsTheOneThatGoesOn() async throws {
            try await withFailures { simulator, workspace in
                #expect(try await workspace.sluice("run", "job.yaml", "--new").code == 0)
                #expect(simulator.statistics().requests == 12)
                #expect(try await workspace.sluice("retry", "1", "--class", "failed").code == 0)
                let ending = try await workspace.sluice("run", "job.yaml")
                #expect(ending.code == 0)
                #expect(ending.errors.contains("run 1 · job"))
                #expect(ending.errors.contains("run 2 is newer, and complete"))
                #expect(simulator.statistics().requests == 14)
                let after = try await workspace.sluice("run", "job.yaml")
                #expect(after.errors.contains("run 2 · job"))
                #expect(after.errors.contains("nothing to send"))
                #expect(simulator.statistics().requests == 14)
            }
        }

        @Test func aDryRunTellsTheSameAndChangesNothing() async throws {
            try await withFailures { simulator, workspace in
                let before = try workspace.contents()
                let dry = try await workspace.sluice("retry", "1", "--error", "too_odd", "--dry-run")
                #expect(dry.code == 0)
                #expect(dry.output.contains("1 row would be put back"))
                #expect(dry.output.contains("the same without --dry-run"))
                let json = try await workspace.sluice("retry", "1", "--error", "too_odd", "--dry-run", "--json")
                #expect(
                    json.output
                        == #"{"run":1,"job":"job","dry_run":true,"rows":1,"by":[{"class":"failed","error":"too_odd","rows":1}],"#
                        + #""ok_left":0,"attempts":1,"tokens":{"prompt":0,"completion":0,"total":0},"cost_usd":0,"#
                        + #""cost_unknown_attempts":0}"# + "\n")
                #expect(try workspace.contents() == before)
                let real = try await workspace.sluice("retry", "1", "--error", "too_odd", "--json")
                #expect(real.output == json.output.replacing(#""dry_run":true"#, with: #""dry_run":false"#))
                #expect(try workspace.contents() != before)
                #expect(simulator.statistics().requests == 6)
            }
        }

        @Test func aRowIsAskedAgainByNameEvenWhereItIsOk() async throws {
            try await withFailures { simulator, workspace in
                let left = try await workspace.sluice("retry", "job", "--id", "r1", "--id", "r2")
                #expect(left.output.contains("1 row put back"))
                #expect(left.output.contains("1 row of those named is ok and stays; --class ok asks again"))
                let named = try await workspace.sluice("retry", "job", "--id", "r1", "--class", "ok,failed")
                #expect(named.output.contains("1 row put back"))
                #expect(try await workspace.sluice("run", "job.yaml").code == 1)
                #expect(simulator.statistics().requests == 8)
                #expect(try await workspace.sluice("retry", "job", "--id", "r5").code == 0)
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...6)
            }
        }

        @Test(arguments: [
            (["--class", "fail"], Int32(64), "there is no class 'fail'; classes are ok, truncated,"),
            (["--class", "ok,unsent"], 64, "unsent rows need not be put back"),
            ([], 64, "say which rows: --class, --error or --id"),
            (["--error", "too_old"], 2, "ended with the error code 'too_old'; its codes are too_even, too_odd"),
            (["--id", "r9"], 2, "run 1 has no row 'r9' in its plan"),
        ])
        func whatIsNotThereIsNamed(_ arguments: [String], _ code: Int32, _ words: String) async throws {
            try await withFailures { _, workspace in
                let before = try workspace.contents()
                let ending = try await workspace.sluice(["retry", "job"] + arguments)
                #expect(ending.code == code)
                #expect(ending.errors.contains(words), "\(ending.errors)")
                #expect(try workspace.contents() == before)
            }
        }

        @Test func aRunThatIsBeingRunIsLeft() async throws {
            let script: SimulatorConfiguration.Script = { request, _ in
                String(decoding: request.body, as: UTF8.self).contains("Question 2:")
                    ? .nothing(.stall) : ScriptedReply(status: 400, body: "{}")
            }
            try await withEndpoint {
                $0.script = script
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator))
                let program = try workspace.start(["run", "job.yaml", "--grace", "0"])
                try await workspace.wait { $0.totals.settled == 2 && $0.inFlight == 1 }
                let before = try workspace.contents()
                for arguments in [
                    ["retry", "job", "--class", "failed"], ["prune", "job"], ["prune", "--history", "job"],
                ] {
                    let refused = try await workspace.sluice(arguments)
                    #expect(refused.code == 2)
                    #expect(
                        refused.errors.contains(
                            "run 1 is being run by another process (process \(program.processID))"))
                }
                let kept = try await workspace.sluice("prune", "--keep", "0")
                #expect(kept.code == 0)
                #expect(kept.errors.contains("run 1 is being run and stays"))
                #expect(try workspace.contents() == before)
                let dry = try await workspace.sluice("retry", "job", "--class", "failed", "--dry-run")
                #expect(dry.output.contains("2 rows would be put back"))
                program.send(SIGINT)
                #expect(try await program.end().code == 3)
            }
        }
    }
}
