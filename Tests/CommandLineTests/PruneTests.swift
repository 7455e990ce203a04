import JSON
import SQLite
import SluiceSimulator
import Testing

@testable import Sluice

extension CommandLineTests {
    /// Runs that are deleted, and what is told of them before.
    @Suite struct PruneTests {
        /// Three runs of `job`, four rows each, and one of `other`.
        private func withRuns(_ body: (Simulator, Workspace) async throws -> Void) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                try workspace.write("job.yaml", jobFile(simulator))
                for _ in 0..<3 { #expect(try await workspace.sluice("run", "job.yaml", "--new").code == 0) }
                #expect(try await workspace.sluice("run", "job.yaml", "--name", "other").code == 0)
                try await body(simulator, workspace)
            }
        }

        private func runs(_ workspace: Workspace) async throws -> [Int64] {
            let parser = JSONParser()
            return try await Workspace.lines(of: workspace.sluice("runs", "--json").output).map {
                try #require(parser.parse(Array($0.utf8))["run"]?.integer)
            }
        }

        @Test func unaskedItOnlyTells() async throws {
            try await withRuns { _, workspace in
                let before = try workspace.contents()
                let told = try await workspace.sluice("prune")
                #expect(told.code == 0)
                #expect(told.output.contains(/3 +job +4 +0 +\d+\.\d kB +20\d\d-\d\d-\d\d \d\d:\d\d +complete/))
                #expect(told.errors == "nothing deleted; name runs, or say --keep or --older-than\n")
                let dry = try await workspace.sluice("prune", "--keep", "1", "--dry-run")
                #expect(dry.code == 0)
                #expect(Workspace.lines(of: dry.output).count == 1 + 2)
                #expect(dry.errors.contains("2 runs would be deleted, which frees about"))
                let several = try await workspace.sluice("prune", "job")
                #expect(several.code == 2)
                #expect(several.errors.contains("'job' has 3 runs (1, 2, 3)"))
                let old = try await workspace.sluice("prune", "--older-than", "1d", "--json")
                #expect(old.code == 0)
                #expect(old.output.isEmpty)
                #expect(old.errors == "no such run: nothing to delete\n")
                #expect(try await workspace.sluice("prune", "--older-than", "soon").code == 64)
                #expect(try workspace.contents() == before)
            }
        }

        @Test func oldRunsGoAndTheNewestIsAsItWas() async throws {
            try await withRuns { simulator, workspace in
                let results = try await workspace.sluice("export", "3").output
                let ending = try await workspace.sluice("prune", "job", "--keep", "1", "--json")
                #expect(ending.code == 0)
                #expect(Workspace.lines(of: ending.output).count == 2)
                #expect(
                    ending.output.contains(
                        #"{"run":1,"job":"job","state":"complete","rows":4,"history_rows":0,"bytes":"#))
                #expect(ending.errors.contains("2 runs deleted"))
                #expect(try await runs(workspace) == [3, 4])
                #expect(try await workspace.sluice("export", "3").output == results)
                #expect(try await workspace.sluice("status", "1").code == 2)
                // The job goes on with what is left of it.
                let again = try await workspace.sluice("run", "job.yaml")
                #expect(again.code == 0)
                #expect(again.errors.contains("nothing to send"))
                #expect(simulator.statistics().requests == 16)
                try workspace.expectSoundQueue()
                let both = try await workspace.sluice("prune", "3", "other", "--vacuum")
                #expect(both.code == 0)
                #expect(both.errors.contains("the file had"))
                #expect(try await runs(workspace).isEmpty)
                #expect(try await workspace.sluice("prune", "job").code == 2)
                #expect(try workspace.count("SELECT count(*) FROM requests") == 0)
                #expect(try workspace.count("PRAGMA freelist_count") == 0)
                try workspace.expectSoundQueue()
            }
        }

        /// Killed half-way: the run is seen no more, and the next `prune` deletes the rest.
        @Test func aHalfDeletedRunIsFinishedAndNeverGoneOnWith() async throws {
            try await withRuns { simulator, workspace in
                // The state after its first transaction.
                let database = try Database(path: "\(workspace.path)/.sluice/queue.db", mode: .readWrite)
                try database.execute(
                    "UPDATE runs SET pruning = 1 WHERE id = 3; DELETE FROM results WHERE request_id > 8")
                #expect(try await runs(workspace) == [1, 2, 4])
                #expect(try await workspace.sluice("runs").errors.contains("run 3 is deleted in part"))
                #expect(try await workspace.sluice("export", "3").code == 2)
                #expect(try await workspace.sluice("export", "job").code == 0)
                let dry = try await workspace.sluice("prune", "--dry-run")
                #expect(dry.errors.contains("run 3 is deleted in part"))
                #expect(try workspace.count("SELECT count(*) FROM runs") == 4)
                // Named again, it is what is meant, and nothing else.
                let ending = try await workspace.sluice("prune", "3", "--keep", "0")
                #expect(ending.code == 0)
                #expect(ending.errors.contains("1 run deleted"))
                #expect(ending.output.isEmpty)
                #expect(try workspace.count("SELECT count(*) FROM states WHERE run_id = 3") == 0)
                #expect(try workspace.count("SELECT count(*) FROM runs") == 3)
                #expect(simulator.statistics().requests == 16)
            }
        }

        @Test func rowsOfEarlierPlansGoAndTheTotalsStay() async throws {
            try await withRuns { _, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(2...5))
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let status = try await workspace.sluice("status", "job").output
                let dry = try await workspace.sluice("prune", "--history", "job", "--dry-run")
                #expect(dry.errors == "1 changed or removed row of run 3 would be deleted; nothing was changed\n")
                let ending = try await workspace.sluice("prune", "--history", "job")
                #expect(ending.code == 0)
                #expect(ending.errors.contains("1 changed or removed row of run 3 deleted"))
                #expect(try await workspace.sluice("status", "job").output == status)
                #expect(try workspace.count("SELECT count(*) FROM requests WHERE run_id = 3") == 4)
                let again = try await workspace.sluice("run", "job.yaml")
                #expect(again.errors.contains("nothing to send"))
                try workspace.expectSoundQueue()
            }
        }
    }
}
