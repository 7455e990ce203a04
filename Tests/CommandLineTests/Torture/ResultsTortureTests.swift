import Foundation
import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension TortureTests {
    /// Places for results that go away while they are written.
    @Suite struct ResultsTortureTests {
        private func withResults(
            _ torture: Torture, _ body: (Simulator, Workspace, [UInt8]) async throws -> Void
        ) async throws {
            try await withEndpoint {
                $0.answer.answerBytes = 8_000
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...torture.rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 64))
                #expect(try await workspace.start(["run", "job.yaml"], patience: 120).end().code == 0)
                try await body(simulator, workspace, workspace.bytes("results.jsonl"))
                #expect(simulator.statistics().requests == torture.rows)
                _ = try workspace.examine(torture.seedComment)
            }
        }

        @Test(.timeLimit(.minutes(5))) func theFolderIsRemoved() async throws {
            let torture = Torture("results' folder removed")
            try await withResults(torture) { _, workspace, results in
                let program = try workspace.start(["export", "--output", "out/r.jsonl"])
                // Its writing stands still, so that the folder goes while it writes.
                while program.writtenBytes.map({ $0 < 300_000 }) ?? false { await Task.yield() }
                program.send(SIGSTOP)
                try? FileManager.default.removeItem(atPath: workspace.path + "/out")
                program.send(SIGCONT)
                let ending = try await program.end()
                // It may have been through already.
                if ending.code != 0 {
                    #expect(ending.code == 2)
                    #expect(ending.errors.contains("cannot write out/r.jsonl: "))
                    #expect(ending.errors.contains("safe in the queue"))
                }
                #expect(!workspace.exists("out/r.jsonl"))
                #expect(try await workspace.sluice("export", "--output", "out/r.jsonl").code == 0)
                #expect(try workspace.bytes("out/r.jsonl") == results)
                torture.tell("exit code \(ending.code); written again when asked again")
            }
        }

        @Test(.timeLimit(.minutes(5))) func theDeviceIsFull() async throws {
            let torture = Torture("results to /dev/full")
            guard access("/dev/full", W_OK) == 0 else { return torture.skip("there is no /dev/full") }
            try await withResults(torture) { _, workspace, _ in
                let ending = try await workspace.sluice("run", "job.yaml", "--output", "/dev/full")
                #expect(ending.code == 2)
                #expect(ending.errors.contains("cannot write /dev/full: No space left on device"))
                torture.tell("exit code 2, the answers safe in the queue")
            }
        }

        @Test(.timeLimit(.minutes(5))) func theReaderLeaves() async throws {
            let torture = Torture("reader of a pipe leaves")
            try await withResults(torture) { _, workspace, results in
                let pipe = workspace.path + "/pipe"
                try #require(mkfifo(pipe, 0o600) == 0)
                let program = try workspace.start(["export", "--output", "pipe"])
                let reader = open(pipe, O_RDONLY)
                try #require(reader >= 0)
                var bytes = [UInt8](repeating: 0, count: 5_000)
                #expect(read(reader, &bytes, bytes.count) > 0)
                #expect(results.starts(with: bytes[..<100]))
                close(reader)
                let ending = try await program.end()
                #expect(ending.code == 2)
                #expect(ending.errors.contains("/pipe: Broken pipe"))
                torture.tell("exit code 2, the answers safe in the queue")
            }
        }
    }
}
