import JSON
import Sluice
import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A job whose rows have a limit and a price.
private func pricedJob(_ simulator: Simulator, limit: Int? = 100, limits: String = "concurrency: 8") -> String {
    var job = jobFile(simulator).replacing("limits: {concurrency: 8}", with: "limits: {\(limits)}")
    if let limit { job = job.replacing("model: gpt-5.2", with: "model: gpt-5.2, max_completion_tokens: \(limit)") }
    return job + "price: {per_million: {input: 1, output: 10}}\n"
}

extension SimulatorStatistics {
    /// What the endpoint charges at that price, for all that it has begun: in pico-dollars.
    fileprivate var charged: Int64 { Int64(promptTokens) * 1_000_000 + Int64(completionTokens) * 10_000_000 }
}

extension CommandLineTests {
    /// A budget is hard: whatever comes, the endpoint never charges more.
    @Suite struct BudgetTests {
        @Test func theRunStopsAndARaisedBudgetGoesOn() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...60))
                try workspace.write("job.yaml", pricedJob(simulator))
                let first = try await workspace.sluice("run", "job.yaml", "--budget-usd", "0.006")
                #expect(first.code == 3, "\(first.errors)")
                let report = try workspace.report()
                #expect(report.totals.cost.picoDollars <= 6_000_000_000)
                #expect(simulator.statistics().charged == report.totals.cost.picoDollars)
                #expect(report.totals.settled > 10)
                let left = 60 - report.totals.settled
                #expect(
                    first.errors.contains(
                        "the next request might pass budget_usd: \(left) rows left, about $\(LeftOver(report).cost?.short ?? "?")"
                            + ": raise budget_usd, then the same command goes on\n"), "\(first.errors)")
                #expect(report.state == "stopped: budget")

                // The same budget lets nothing more leave, and a larger one lets all of it.
                #expect(try await workspace.sluice("run", "job.yaml", "--budget-usd", "0.006").code == 3)
                #expect(try workspace.report().totals.settled == report.totals.settled)
                let last = try await workspace.sluice("run", "job.yaml", "--budget-usd", "1", "--json")
                #expect(last.code == 0, "\(last.errors)")
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...60)
                #expect(simulator.statistics().requests == 60)
            }
        }

        @Test func tokensAreABudgetToo() async throws {
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(20))
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...60))
                try workspace.write("job.yaml", pricedJob(simulator, limits: "concurrency: 8, budget_tokens: 2000"))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 3)
                #expect(ending.errors.contains("might pass budget_tokens: "))
                #expect(ending.errors.contains(" tokens: raise budget_tokens, then the same command goes on"))
                let totals = try workspace.report().totals
                #expect(totals.totalTokens <= 2_000)
                #expect(totals.totalTokens > 1_400)
                let statistics = simulator.statistics()
                #expect(statistics.promptTokens + statistics.completionTokens == totals.totalTokens)
                // What was reserved held the rest back.
                #expect(ending.output.contains(#"{"bound":"budget","seconds":"#), "\(ending.output)")
                let object = try JSONParser().parse(Array(ending.output.utf8))
                #expect(object["state"]?.string == "stopped: budget")
                #expect(object["left_estimate"]?["rows"]?.integer == Int64(60 - totals.settled))
                #expect(object["left_estimate"]?["cost_usd"]?.double ?? 0 > 0)
            }
        }

        /// Kills, faults and lost answers: what the endpoint has charged in all stays within the budget, and the run comes to
        /// an end all the same.
        @Test(arguments: [1, 2, 3])
        func killsDoNotPassIt(seed: UInt64) async throws {
            try await withEndpoint {
                $0.seed = seed
                $0.latency = .lognormal(mean: .milliseconds(15), sigma: 0.7)
                $0.faults = FaultPlan([
                    .init(.status(500), rate: 0.05), .init(.reset, rate: 0.05), .init(.status(429), rate: 0.05),
                ])
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...300))
                try workspace.write("job.yaml", pricedJob(simulator))
                // Dear enough that the whole does not fit at what kills leave in the dark.
                let command = ["run", "job.yaml", "--budget-usd", "0.05"]
                for kill in 1...3 {
                    let answers = simulator.statistics().answered + 10 * kill
                    let program = try workspace.start(command)
                    let killing = Task {
                        await simulator.wait { $0.answered >= answers }
                        program.send(SIGKILL)
                    }
                    // Where the budget is used up before that many answers, it ends by itself.
                    _ = try await program.end()
                    killing.cancel()
                }
                let last = try await workspace.sluice(command)
                #expect([0, 3].contains(last.code), "\(last.errors)")
                #expect(simulator.statistics().charged <= 50_000_000_000)
                let totals = try workspace.report().totals
                #expect(totals.possible.costAttempts > 0)
                #expect((last.code == 3) == (totals.settled < 300))
                #expect(totals.cost.picoDollars <= 50_000_000_000)
            }
        }

        @Test(arguments: [
            (
                pricedLimit: nil as Int?, arguments: ["--budget-usd", "5"],
                "rows.jsonl:1: sets no limit to its answer (and 2 rows after it likewise), without which no budget can be kept: "
                    + "give max_completion_tokens"
            ),
            (nil, ["--budget-tokens", "5000"], "rows.jsonl:1: sets no limit to its answer"),
            (
                100, ["--budget-usd", "0.0001"],
                "rows.jsonl:1: may cost $0.0011 by itself, more than budget_usd (0.0001)"
            ),
            (100, ["--budget-tokens", "10"], "rows.jsonl:1: may take 2"),
        ])
        func whatCannotBeKeptIsRefused(pricedLimit: Int?, arguments: [String], words: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write(
                    "job.yaml", pricedJob(simulator, limit: pricedLimit) + "timeouts: {unreachable: 50ms}\n")
                for command in ["plan", "run"] {
                    let ending = try await workspace.sluice([command, "job.yaml"] + arguments)
                    #expect(ending.code == 2)
                    #expect(ending.errors.contains(words), "\(ending.errors)")
                    #expect(ending.errors.contains("nothing was sent"))
                }
                // A plan of before is of no help.
                let stopped = try await workspace.sluice(
                    "run", "job.yaml", "--base-url", "http://127.0.0.1:9/v1", "--grace", "0")
                #expect(stopped.code != 0)
                let resumed = try await workspace.sluice(["run", "job.yaml"] + arguments)
                #expect(resumed.code == 2)
                #expect(resumed.errors.contains(words), "\(resumed.errors)")
                #expect(simulator.statistics().requests == 0)
            }
        }

        @Test func aDollarBudgetNeedsAPrice() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write(
                    "prices.json", #"{"other": {"input_cost_per_token": 1, "output_cost_per_token": 1}}"#)
                let job = pricedJob(simulator).split(separator: "price:")[0]
                for more in ["", "price: {file: prices.json}\n"] {
                    try workspace.write("job.yaml", String(job) + more)
                    for command in ["plan", "run"] {
                        let ending = try await workspace.sluice(command, "job.yaml", "--budget-usd", "5")
                        #expect(ending.code == 2)
                        #expect(
                            ending.errors.contains(
                                "gpt-5.2 has no price (and 2 rows after it likewise): state `price`, or use budget_tokens "
                                    + "in place of budget_usd"), "\(ending.errors)")
                    }
                }
                #expect(try await workspace.sluice("run", "job.yaml", "--budget-tokens", "5000").code == 0)
            }
        }

        /// Without reading the rows again it is seen when one of them is claimed that a budget cannot be kept any more.
        @Test func aPriceThatIsGoneStopsTheRun() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...30))
                let entry = #"{"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-5}"#
                try workspace.write("prices.json", #"{"gpt-5.2": \#(entry)}"#)
                let job = pricedJob(simulator).split(separator: "price:")[0] + "price: {file: prices.json}\n"
                try workspace.write("job.yaml", String(job))
                #expect(try await workspace.sluice("run", "job.yaml", "--budget-usd", "0.003").code == 3)
                let revision = try workspace.report().run.revision
                try workspace.write("prices.json", #"{"gpt-5.3": \#(entry)}"#)
                let requests = simulator.statistics().requests
                let ending = try await workspace.sluice("run", "job.yaml", "--budget-usd", "5")
                #expect(ending.code == 3)
                #expect(
                    ending.errors.contains(" asks for gpt-5.2, which has no price: state `price`"), "\(ending.errors)")
                #expect(try workspace.report().run.revision == revision)
                #expect(simulator.statistics().requests == requests)
            }
        }

        @Test func attemptsThatNobodyCanBoundStandInTheWay() async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([.init(.stall, rate: 1)], onFirstAttemptOnly: true)
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", pricedJob(simulator, limit: nil))
                let program = try workspace.start(["run", "job.yaml"])
                try #require(await simulator.wait { $0.inFlight == 3 })
                program.send(SIGKILL)
                _ = try await program.end()
                try workspace.write("job.yaml", pricedJob(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--budget-usd", "5")
                #expect(ending.code == 2)
                #expect(
                    ending.errors.contains(
                        "sluice: budget_usd cannot be kept: what 3 attempts of run 1 cost is unknown, and nothing sets a bound "
                            + "to it; use budget_tokens, or start another run with --new"), "\(ending.errors)")
                let other = try await Simulator.start()
                let anew = try await workspace.sluice(
                    "run", "job.yaml", "--budget-usd", "5", "--new", "--base-url", other.baseURL)
                await other.stop()
                #expect(anew.code == 0)
            }
        }
    }

    /// A few paid requests, and what they say of the others.
    @Suite struct ProbeTests {
        private static func rows(_ workspace: Workspace) throws {
            try workspace.write("rows.jsonl", Rows.jsonl(1...80))
        }

        @Test func aProbeIsPaidForOnce() async throws {
            try await withEndpoint {
                $0.latency = .lognormal(mean: .milliseconds(30), sigma: 0.3)
            } _: { simulator, workspace in
                try Self.rows(workspace)
                try workspace.write("job.yaml", pricedJob(simulator))
                let plan = try await workspace.sluice("plan", "job.yaml", "--probe", "20")
                #expect(plan.code == 0, "\(plan.errors)")
                #expect(simulator.statistics().requests == 20)
                let cost = try workspace.report().totals.cost
                #expect(plan.output.contains("\nprobe    20 rows sent and paid for, all answered · 20 attempts · "))
                #expect(plan.output.contains(" · $\(cost) · "))
                #expect(plan.output.contains("\nto send  60\n"))
                #expect(plan.output.contains("\ncost     about $0.0"), "\(plan.output)")
                #expect(plan.output.contains(", bound by concurrency\n"))
                #expect(plan.output.contains("\nby       20 answered rows: half wrote up to "))
                #expect(try workspace.report().state == "probed")
                // Spread over the plan: one row of each four.
                let settled = try workspace.count(
                    "SELECT count(DISTINCT seq / 4) FROM states WHERE class = 'ok'")
                #expect(settled == 20)

                let run = try await workspace.sluice("run", "job.yaml")
                #expect(run.code == 0)
                #expect(run.errors.contains("60 to send, 20 have their result"))
                #expect(simulator.statistics().requests == 80)
                #expect(simulator.statistics().answeredAgain == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...80)
            }
        }

        /// What the probe foretold is what the run then takes.
        @Test func theRangeHoldsWhatTheRunTakes() async throws {
            try await withEndpoint { simulator, workspace in
                // Prompts of all lengths, and answers that repeat the first 60 characters of them.
                let rows = (1...80).map { row in
                    let text = (0..<(row * 37 % 90)).map { "\($0 * row % 7)" }.joined()
                    return #"{"custom_id":"r\#(row)","prompt":"\#(row) \#(text)"}"# + "\n"
                }
                try workspace.write("rows.jsonl", rows.joined())
                try workspace.write(
                    "job.yaml", pricedJob(simulator, limits: "concurrency: 8, requests_per_minute: 60000"))
                let plan = try await workspace.sluice("plan", "job.yaml", "--probe", "30", "--json")
                let object = try JSONParser().parse(Array(plan.output.utf8))
                #expect(object["probe"]?["rows"]?.integer == 30)
                #expect(object["probe"]?["settled"]?.integer == 30)
                #expect(object["probe"]?["end"]?.string == "complete")
                #expect(object["to_send"]?.integer == 50)
                #expect(object["sample"]?["rows"]?.integer == 30)
                let low = try #require(object["cost_usd_low"]?.double)
                let high = try #require(object["cost_usd_high"]?.double)
                let likely = try #require(object["cost_usd_estimate"]?.double)
                #expect(low <= likely && likely <= high && low < high)
                let before = try workspace.report().totals.cost.picoDollars
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                let taken = Double(try workspace.report().totals.cost.picoDollars - before) / 1e12
                #expect(abs(taken - likely) < likely * 0.1)
                #expect(object["bound_by"]?.string != nil)
            }
        }

        @Test func itKeepsToTheBudgetAndNeedsAKey() async throws {
            try await withEndpoint { simulator, workspace in
                try Self.rows(workspace)
                try workspace.write("job.yaml", pricedJob(simulator))
                let ending = try await workspace.sluice("plan", "job.yaml", "--probe", "50", "--budget-usd", "0.004")
                #expect(ending.code == 3)
                #expect(ending.output.contains("\nprobe    50 rows sent and paid for, "), "\(ending.output)")
                #expect(ending.output.contains("\nbudget   $0.004, of which $0.00"))
                #expect(ending.errors.contains("the next request might pass budget_usd: "))
                #expect(simulator.statistics().charged <= 4_000_000_000)
                #expect(simulator.statistics().requests < 50)
                try workspace.write(
                    "key.yaml", pricedJob(simulator).replacing("\"}", with: "\", key_env: NOT_SET}"))
                let keyless = try await workspace.sluice("plan", "key.yaml", "--probe", "5")
                #expect(keyless.code == 2)
                #expect(keyless.errors.contains("NOT_SET"))
                #expect(try await workspace.sluice("plan", "job.yaml", "--probe", "0").code == 64)
            }
        }

        @Test func itCanBeInterrupted() async throws {
            try await withEndpoint {
                $0.latency = .fixed(.milliseconds(200))
            } _: { simulator, workspace in
                try Self.rows(workspace)
                try workspace.write("job.yaml", pricedJob(simulator, limits: "concurrency: 2"))
                let program = try workspace.start(["plan", "job.yaml", "--probe", "60"])
                try #require(await simulator.wait { $0.answered >= 4 })
                program.send(SIGINT)
                let ending = try await program.end()
                #expect(ending.code == 3)
                #expect(ending.errors.contains("stopped; the same command goes on with what is left"))
                #expect(ending.output.contains("\nprobe    60 rows "))
                let answered = try workspace.report().totals.settled
                #expect(answered == simulator.statistics().answered)
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(simulator.statistics().answeredAgain == 0)
            }
        }

        /// Standard input, which cannot be read twice, and more rows than there are.
        @Test func whateverIsLeftIsEnough() async throws {
            try await withEndpoint { simulator, workspace in
                let command = ["-", "--model", "m", "--base-url", simulator.baseURL]
                let input = Program.Input.bytes(Array(Rows.jsonl(1...5).utf8))
                let plan = try await workspace.sluice(["plan"] + command + ["--probe", "9"], input: input)
                #expect(plan.code == 0, "\(plan.errors)")
                #expect(plan.output.contains("\nprobe    5 rows sent and paid for, all answered · "))
                #expect(plan.output.contains("\nto send  0\n"))
                let again = try await workspace.sluice(["plan"] + command + ["--probe", "9"], input: input)
                #expect(again.code == 0)
                #expect(!again.output.contains("probe"))
                #expect(simulator.statistics().requests == 5)
            }
        }
    }
}
