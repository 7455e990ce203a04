import SQLite
import SluiceSimulator
import Testing

@testable import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension TortureTests {
    /// Disks that are full, read-only or somebody else's.
    @Suite struct DiskTortureTests {
        /// The disk is full before that request is answered, however slowly the machine runs the test itself.
        private func filling(_ disk: SmallDisk, atRequest moment: Int) -> SimulatorConfiguration.Script {
            let requests = Mutexed(0)
            return { _, _ in
                let isMoment = requests.withLock { count in
                    count += 1
                    return count == moment
                }
                if isMoment { disk.fill() }
                return nil
            }
        }

        /// The queue and its log share a disk that fills up in the midst of it, and is emptied again.
        @Test(.timeLimit(.minutes(10))) func theQueuesDiskIsFull() async throws {
            let torture = Torture("queue's disk full")
            let workspace = try Workspace()
            // Room for all of it, and for the log that stands beside the queue.
            guard let disk = try await SmallDisk(workspace.path + "/disk", mebibytes: 48 + torture.rows / 64) else {
                return torture.skip("it takes the right to mount a file system")
            }
            let moment = torture.random(in: 1...(torture.rows / 2))
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(10))
                $0.answer.answerBytes = 2_000
                $0.script = filling(disk, atRequest: moment)
            } _: { simulator, _ in
                let rows = 1...torture.rows
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: torture.inFlight))
                let program = try workspace.start(
                    ["run", "job.yaml", "--json", "--queue", "disk/queue.db"], patience: 240)
                try #require(await simulator.wait { $0.answered >= moment })
                // Nothing leaves any more: what has come in waits for room.
                try #require(await simulator.wait { $0.inFlight == 0 })
                if torture.isFull { try await program.wait(for: "the queue cannot be written, waiting") }
                let answered = simulator.statistics().answered
                #expect(answered < rows.count)
                disk.empty()
                let ending = try await program.end()
                #expect(ending.code == 0, "\(ending.errors), seed \(torture.seed)")
                Rows.expectAnswered(
                    try workspace.results("results.jsonl"), rows, answer: { simulator.answer(Rows.prompt($0), 2_000) })
                #expect(simulator.statistics().requests == rows.count, torture.seedComment)
                #expect(try Totals(ending.output).possiblyBilled == 0)
                _ = try Examination(workspace.path + "/disk/queue.db", torture.seedComment)
                torture.tell(
                    "full after \(answered) answers, then \(rows.count) answered, 0 asked again, seed \(torture.seed)")
            }
            await disk.unmount()
        }

        /// Killed while it waits for room: what it held is lost with it, and named.
        @Test(.timeLimit(.minutes(10))) func killedWhileTheDiskIsFull() async throws {
            let torture = Torture("killed on a full disk")
            let workspace = try Workspace()
            guard let disk = try await SmallDisk(workspace.path + "/disk", mebibytes: 24) else {
                return torture.skip("it takes the right to mount a file system")
            }
            let moment = torture.random(in: 1...(torture.rows / 2))
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(10))
                $0.script = filling(disk, atRequest: moment)
            } _: { simulator, _ in
                let rows = 1...torture.rows
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: torture.inFlight))
                let command = ["run", "job.yaml", "--json", "--queue", "disk/queue.db"]
                let program = try workspace.start(command, patience: 240)
                try #require(await simulator.wait { $0.answered >= moment })
                try #require(await simulator.wait { $0.inFlight == 0 })
                if torture.isFull { try await program.wait(for: "the queue cannot be written, waiting") }
                program.send(SIGKILL)
                _ = try await program.end()
                try await simulator.waitForSilence()
                // With the disk full nothing starts, and says why.
                let refused = try await workspace.start(command, patience: 60).end()
                #expect([2, 3].contains(refused.code), "\(refused.errors)")
                disk.empty()
                let ending = try await workspace.start(command, patience: 120).end()
                #expect(ending.code == 0, "\(ending.errors), seed \(torture.seed)")
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                let duplicates = simulator.statistics().duplicates
                #expect(duplicates <= torture.inFlight, torture.seedComment)
                #expect(Int(try Totals(ending.output).possiblyBilled) >= duplicates)
                _ = try Examination(workspace.path + "/disk/queue.db", torture.seedComment)
                torture.tell("\(duplicates) asked again and named; \(refused.errors.split(separator: "\n").last ?? "")")
            }
            await disk.unmount()
        }

        /// The results do not fit: they stay in the queue, no part of a file is left.
        @Test(.timeLimit(.minutes(10))) func theResultsDiskIsFull() async throws {
            let torture = Torture("results' disk full")
            let workspace = try Workspace()
            guard let disk = try await SmallDisk(workspace.path + "/disk", mebibytes: 4) else {
                return torture.skip("it takes the right to mount a file system")
            }
            try await withEndpoint {
                $0.answer.answerBytes = 2_000
            } _: { simulator, _ in
                let rows = 1...torture.rows
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 64))
                disk.fill()
                let command = ["run", "job.yaml", "--output", "disk/results.jsonl"]
                let ending = try await workspace.start(command, patience: 120).end()
                #expect(ending.code == 2)
                #expect(ending.errors.contains("cannot write disk/results.jsonl: No space left on device"))
                #expect(ending.errors.contains("safe in the queue"))
                #expect(disk.names == [SmallDisk.ballast])
                disk.empty()
                let again = try await workspace.sluice("export", "--output", torture.rows > 1000 ? "r" : "disk/r")
                #expect(again.code == 0, "\(again.errors)")
                #expect(simulator.statistics().requests == rows.count)
                torture.tell("exit code 2, nothing left there; exported when there was room")
            }
            await disk.unmount()
        }

        @Test(.timeLimit(.minutes(5))) func aReadOnlyFolder() async throws {
            let torture = Torture("read-only folder")
            let workspace = try Workspace()
            guard let disk = try await SmallDisk(workspace.path + "/disk", mebibytes: 16) else {
                return torture.skip("it takes the right to mount a file system")
            }
            try await withEndpoint { simulator, _ in
                try workspace.write("rows.jsonl", Rows.jsonl(1...5))
                try workspace.write("job.yaml", jobFile(simulator))
                let command = ["run", "job.yaml", "--queue", "disk/queue.db"]
                #expect(await disk.remount("ro"))
                let first = try await workspace.sluice(command)
                #expect(first.code == 2)
                #expect(first.errors.contains("cannot create disk/queue.db: Read-only file system"))
                #expect(await disk.remount("rw"))
                #expect(try await workspace.sluice(command).code == 0)
                let bytes = try workspace.bytes("disk/queue.db")
                #expect(await disk.remount("ro"))
                // There is something to send.
                try workspace.write("rows.jsonl", Rows.jsonl(1...6))
                let second = try await workspace.sluice(command)
                #expect(second.code == 2, "\(second.errors)")
                #expect(second.errors.contains("disk/queue.db"))
                #expect(try workspace.bytes("disk/queue.db") == bytes)
                #expect(simulator.statistics().requests == 5)
                #expect(await disk.remount("rw"))
                #expect(try await workspace.sluice(command).code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...6)
                torture.tell("exit code 2: \(second.errors.split(separator: "\n").last ?? "")")
            }
            await disk.unmount()
        }

        /// Another process holds the write lock: in full for longer than SQLite waits.
        @Test(.timeLimit(.minutes(10))) func theQueueIsLocked() async throws {
            let torture = Torture("queue locked")
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(20))
            } _: { simulator, workspace in
                let rows = 1...torture.rows
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: torture.inFlight))
                let moment = torture.random(in: 1...(torture.rows / 2))
                let program = try workspace.start(["run", "job.yaml", "--json"], patience: 240)
                try #require(await simulator.wait { $0.answered >= moment })
                let other = try Database(path: workspace.queuePath, mode: .readWrite)
                try other.execute("BEGIN IMMEDIATE")
                try #require(await simulator.wait { $0.inFlight == 0 })
                if torture.isFull { try await program.wait(for: "the queue cannot be written, waiting") }
                let answered = simulator.statistics().answered
                try other.execute("COMMIT")
                let ending = try await program.end()
                #expect(ending.code == 0, "\(ending.errors), seed \(torture.seed)")
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                #expect(simulator.statistics().requests == torture.rows, torture.seedComment)
                #expect(try Totals(ending.output).possiblyBilled == 0)
                _ = try workspace.examine(torture.seedComment)
                torture.tell(
                    "locked after \(answered) answers: all \(torture.rows) recorded, 0 asked again, seed \(torture.seed)"
                )
            }
        }
    }
}

extension Torture {
    /// What cannot be done here is said.
    func skip(_ reason: String) {
        print("torture: \(name) skipped: \(reason)")
    }
}

extension Simulator {
    /// What it answers where answers are filled up to so many bytes.
    func answer(_ prompt: String, _ bytes: Int) -> String {
        SimulatedAnswer(answerBytes: bytes).content(forPrompt: prompt)
    }
}

extension Program {
    /// Waits until it has said so on standard error.
    func wait(for words: String) async throws {
        while try !errorsSoFar().contains(words) {
            try #require(!hasEnded)
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
