import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension TortureTests {
    /// The endpoint is gone, cannot be found, or answers without end.
    @Suite struct EndpointTortureTests {
        /// In full for about a minute: pauses of 0.5 to 16 s.
        @Test(.timeLimit(.minutes(10))) func theEndpointVanishes() async throws {
            let torture = Torture("endpoint vanishes")
            let tries = torture.isFull ? 7 : 2
            var unsent: Int64 = 0
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(20))
            } _: { gone, workspace in
                let rows = 1...torture.rows
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(gone, concurrency: torture.inFlight))
                let program = try workspace.start(["run", "job.yaml", "--json", "--attempts", "5"], patience: 300)
                let moment = torture.random(in: 1...(torture.rows / 2))
                try #require(await gone.wait { $0.answered >= moment })
                let seen = gone.statistics()
                await gone.stop()
                // A pause ends with one that tries again.
                try await workspace.wait(
                    forRows: Int64(tries),
                    in: "(SELECT DISTINCT ended_at / 250 FROM attempts WHERE outcome = 'unsent')")
                var configuration = SimulatorConfiguration()
                configuration.port = gone.port
                let back = try await Simulator.start(configuration)
                let ending = try await program.end()
                await back.stop()
                #expect(ending.code == 0, "\(ending.errors), seed \(torture.seed)")
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                let totals = try Totals(ending.output)
                let asked = Int64(seen.begun + back.statistics().begun)
                #expect(asked - Int64(torture.rows) <= totals.possiblyBilled, torture.seedComment)
                // What was in flight when it went, and what took the places of the first that were lost while it was going.
                #expect(totals.possiblyBilled <= 2 * torture.inFlight, torture.seedComment)
                unsent = totals.possiblyBilled
                _ = try workspace.examine(torture.seedComment)
            }
            torture.tell(
                "gone for \(tries) tries: all \(torture.rows) answered, \(unsent) possibly billed, seed \(torture.seed)"
            )
        }

        @Test(.timeLimit(.minutes(5))) func itsNameCannotBeFound() async throws {
            let torture = Torture("name not found")
            let workspace = try Workspace()
            try workspace.write("rows.jsonl", Rows.jsonl(1...5))
            let file = """
                name: job
                input: rows.jsonl
                endpoint: {base_url: "http://nowhere.invalid/v1"}
                request: {model: gpt-5.2}
                timeouts: {unreachable: 1s, connect: 5s}
                output: {results: results.jsonl}
                """
            try workspace.write("job.yaml", file)
            let ending = try await workspace.start(["run", "job.yaml", "--json"], patience: 120).end()
            #expect(ending.code == 3)
            #expect(ending.errors.contains("the endpoint cannot be reached: "))
            #expect(ending.errors.contains("nowhere.invalid"))
            let totals = try Totals(ending.output)
            #expect(totals.attempts == 0 && totals.possiblyBilled == 0 && totals.classes["unsent"] == 5)
            _ = try workspace.examine("")
            torture.tell("exit code 3, nothing counted as sent")
        }

        /// Zeros without end: cut off at `maximum_answer`, and never held.
        @Test(.timeLimit(.minutes(5))) func anAnswerOfTwoGigabytes() async throws {
            let torture = Torture("answer of 2 GB")
            let server = try EndlessServer(length: 2_147_483_648)
            let workspace = try Workspace()
            try workspace.write("rows.jsonl", Rows.jsonl(1...2))
            let file = """
                name: job
                input: rows.jsonl
                endpoint: {base_url: "http://127.0.0.1:\(server.port)/v1"}
                request: {model: gpt-5.2}
                limits: {concurrency: 2}
                output: {results: results.jsonl}
                """
            try workspace.write("job.yaml", file)
            let program = try workspace.start(["run", "job.yaml", "--json"], patience: 120)
            var peak = 0
            while let memory = program.peakMemory {
                peak = max(peak, memory)
                await Task.yield()
            }
            let ending = try await program.end()
            #expect(ending.code == 1, "\(ending.errors)")
            #expect(try workspace.results("results.jsonl").map(\.resultClass) == ["failed", "failed"])
            // Two of 64 MiB, and what is made of them.
            #expect(peak < 700 * 1024)
            #expect(try Totals(ending.output).attempts == 2)
            _ = try workspace.examine("")
            torture.tell("cut off, failed at once; \(peak / 1024) MiB at most, \(server.sent >> 20) MiB sent")
        }

        /// Fewer file descriptors than requests in flight were asked for.
        @Test(.timeLimit(.minutes(5)), arguments: [24, 64]) func descriptorsRunOut(limit: Int) async throws {
            let torture = Torture("\(limit) file descriptors")
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(20))
            } _: { simulator, workspace in
                let rows = 1...torture.rows
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator, concurrency: 200))
                let ending = try await workspace.shell("ulimit -n \(limit); exec sluice run job.yaml --json")
                #expect(ending.code == 2)
                #expect(ending.errors.contains("open files") || ending.errors.contains("file descriptors"))
                #expect(simulator.statistics().requests == 0)
                #expect(try await workspace.start(["run", "job.yaml"], patience: 120).end().code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                #expect(simulator.statistics().duplicates == 0)
                torture.tell("exit code \(ending.code): \(ending.errors.split(separator: "\n").last ?? "")")
            }
        }
    }
}
