import SluiceSimulator
import Testing

extension CommandLineTests {
    /// What a run cost, by a price file.
    @Suite struct PriceTests {
        private static let prices = """
            {"sample_spec": {"input_cost_per_token": 0, "output_cost_per_token": 0},
             "gpt-5.2": {"input_cost_per_token": 1.75e-06, "output_cost_per_token": 1.4e-05},
             "azure/gpt-5.2": {"input_cost_per_token": "2e-06", "output_cost_per_token": "1.5e-05"}}
            """

        /// Answers as the endpoint's own page shows it, by the model that was asked for.
        private static let script: SimulatorConfiguration.Script = { request, _ in
            let body = String(decoding: request.body, as: UTF8.self)
            let model = body.contains(#""model":"house""#) ? "house" : "gpt-5.2-2025-12-11"
            return ScriptedReply(
                body: #"{"object":"chat.completion","model":"\#(model)","choices":[{"index":0,"message":{"role":"#
                    + #""assistant","content":"yes"},"finish_reason":"stop"}],"usage":{"prompt_tokens":13,"#
                    + #""completion_tokens":1891,"total_tokens":1904}}"#)
        }

        private static let rows = """
            {"custom_id":"a","prompt":"1","max_completion_tokens":2000}
            {"custom_id":"b","prompt":"2","max_completion_tokens":2000,"model":"house"}
            {"custom_id":"c","prompt":"3","max_completion_tokens":2000}

            """

        @Test func totalsShowTheExactCostAndWhatIsUnknown() async throws {
            try await withEndpoint {
                $0.script = Self.script
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Self.rows)
                try workspace.write("prices.json", Self.prices)
                let arguments = [
                    "rows.jsonl", "--model", "gpt-5.2", "--base-url", simulator.baseURL, "--price-file", "prices.json",
                ]
                let plan = try await workspace.sluice(["plan"] + arguments)
                #expect(plan.code == 0)
                #expect(plan.output.contains("for the prompts, and unknown for 1 row: no price for house\n"))

                let run = try await workspace.sluice(["run"] + arguments)
                #expect(run.code == 0)
                #expect(run.errors.contains("cost      $0.0529935 and unknown for 1 attempt\n"))
                let lines = try workspace.lines("rows.results.jsonl")
                #expect(lines.map { $0.contains(#""cost_usd":0.02649675,"#) } == [true, false, true])
                #expect(lines[1].contains(#""cost_usd":null,"#))
                let status = try await workspace.sluice("status", "--json")
                #expect(status.output.contains(#""cost_usd":0.0529935,"cost_unknown_attempts":1,"#))
            }
        }

        @Test func aJobNamesProviderTierAndFileBesideItself() async throws {
            try await withEndpoint {
                $0.script = Self.script
            } _: { simulator, workspace in
                try workspace.write("jobs/rows.jsonl", #"{"custom_id":"a","prompt":"1"}"# + "\n")
                try workspace.write("jobs/prices.json", Self.prices)
                try workspace.write(
                    "jobs/job.yaml",
                    jobFile(simulator, more: "price: {file: prices.json, provider: azure, tier: batch}"))
                let run = try await workspace.sluice("run", "jobs/job.yaml")
                #expect(run.code == 0)
                // Half of 13 at 2 and 1,891 at 15 for a million.
                #expect(run.errors.contains("cost      $0.0141955\n"))
            }
        }

        @Test(arguments: [
            (nil as String?, "the price file prices.json cannot be opened: No such file or directory"),
            ("{\n\"gpt-5.2\": 1.75e-06,}", "prices.json:2:21: the price file is not JSON: "),
            ("[]", "the price file prices.json is not in LiteLLM's format"),
        ])
        func aFileThatCannotBeUsedIsToldBeforeAnythingIsPlanned(prices: String?, reason: String) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", "not looked at")
                if let prices { try workspace.write("prices.json", prices) }
                for command in ["plan", "run"] {
                    let ending = try await workspace.sluice(
                        command, "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL, "--price-file",
                        "prices.json")
                    #expect(ending.code == 2)
                    #expect(ending.errors.contains("sluice: \(reason)"))
                    #expect(ending.errors.split(separator: "\n").count == 1)
                }
                #expect(!workspace.exists(".sluice"))
            }
        }

        @Test func resultsDoNotReplaceThePriceFile() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Self.rows)
                try workspace.write("prices.json", Self.prices)
                let ending = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL, "--price-file", "prices.json",
                    "--output", "./prices.json")
                #expect(ending.code == 2)
                #expect(try workspace.text("prices.json") == Self.prices)
            }
        }
    }
}
