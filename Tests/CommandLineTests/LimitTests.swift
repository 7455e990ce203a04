import SluiceSimulator
import Testing

extension CommandLineTests {
    /// Limits of an endpoint, told and untold: what it turns away, never how long it takes.
    @Suite struct LimitTests {
        /// A machine that is busy with other things holds up a request now and then; so the limit stands a little above
        /// what is told, and strict to a tenth of a second.
        @Test(arguments: ["8", "auto"])
        func aToldLimitIsNeverPassed(concurrency: String) async throws {
            try await withEndpoint {
                $0.requestsPerMinute = 3000
                $0.burstSeconds = 0.1
                $0.latency = .fixed(.milliseconds(50))
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...100))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice(
                    "run", "job.yaml", "--concurrency", concurrency, "--requests-per-minute", "2500", "--json")
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...100)
                let statistics = simulator.statistics()
                #expect(statistics.rejected == 0)
                #expect(statistics.requests == 100)
            }
        }

        @Test(arguments: [HeadShape.Limits.openAI, .azure, .anthropic])
        func aLimitThatHeadsTellIsKept(style: HeadShape.Limits) async throws {
            try await withEndpoint {
                $0.imitation.heads.limits = style
                $0.requestsPerMinute = 1800
                $0.latency = .fixed(.milliseconds(30))
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...90))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--concurrency", "auto", "--json")
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...90)
                #expect(simulator.statistics().rejected <= 1)
            }
        }

        /// More than it works on at a time is turned away: little is, and its places are all used.
        @Test func theRoomOfAnEndpointIsFound() async throws {
            try await withEndpoint {
                $0.maximumInFlight = 37
                $0.latency = .fixed(.milliseconds(40))
            } _: { simulator, workspace in
                let rows = 1...1500
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--concurrency", "auto", "--json")
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                let statistics = simulator.statistics()
                #expect(statistics.mostInFlight > 29)
                #expect(statistics.mostInFlight <= 37)
                #expect(statistics.rejected < 75, "\(statistics.rejected) turned away")
            }
        }

        /// More than it works on at a time waits there: without a number of the user's it is not flooded for long.
        @Test func anEndpointThatQueuesIsNotFlooded() async throws {
            try await withEndpoint {
                $0.capacity = 8
                $0.latency = .fixed(.milliseconds(20))
            } _: { simulator, workspace in
                let rows = 1...1200
                try workspace.write("rows.jsonl", Rows.jsonl(rows))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--concurrency", "auto", "--json")
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), rows)
                // It doubles until answers take much longer; never to the 1024 that it might.
                #expect(simulator.statistics().mostInFlight < 128)
            }
        }
    }
}
