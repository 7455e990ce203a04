import SluiceSimulator
import Testing

extension CommandLineTests {
    /// Keys, balances and permissions.
    @Suite struct KeyTests {
        private static let right = "sk-right-0123456789abcdef"
        private static let wrong = "sk-wrong-fedcba9876543210"

        private static func expectSecret(_ keys: String..., in workspace: Workspace) throws {
            let bytes = try workspace.everything()
            // The search itself finds what is there.
            let findsRows = bytes.contains("custom_id")
            #expect(findsRows)
            for key in keys {
                let isThere = bytes.contains(key)
                #expect(!isThere, "a key stands in the queue, in a file or on a stream")
            }
        }

        @Test func aWrongKeyStopsTheRunAndTheRightOneGoesOn() async throws {
            try await withEndpoint {
                $0.key = Self.right
                $0.latency = .fixed(.milliseconds(5))
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...100))
                try workspace.write("job.yaml", jobFile(simulator, endpoint: ", key_env: MY_KEY"))
                let refused = try await workspace.sluice(["run", "job.yaml"], environment: ["MY_KEY": Self.wrong])
                #expect(refused.code == 3)
                #expect(refused.errors.contains("Incorrect API key provided."))
                #expect(simulator.statistics().requests <= 8)
                let unsent = try workspace.results("results.jsonl")
                #expect(unsent.count == 100 && unsent.allSatisfy { $0.resultClass == "unsent" })

                let ending = try await workspace.sluice(["run", "job.yaml"], environment: ["MY_KEY": Self.right])
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...100)
                try Self.expectSecret(Self.right, Self.wrong, in: workspace)
            }
        }

        /// Some servers repeat the key, or all headers, in what they say is wrong.
        @Test(arguments: [401, 400, 500])
        func aKeyThatTheEndpointRepeatsIsCutOut(status: Int) async throws {
            let script: SimulatorConfiguration.Script = { request, _ in
                let header = request.header("authorization") ?? "none"
                return ScriptedReply(
                    status: status, body: #"{"error":{"message":"you sent '\#(header)', which is wrong","code":"bad"}}"#
                )
            }
            try await withEndpoint {
                $0.script = script
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("job.yaml", jobFile(simulator, endpoint: ", key_env: MY_KEY"))
                let ending = try await workspace.sluice(
                    ["run", "job.yaml", "--with", "answer"], environment: ["MY_KEY": Self.right])
                #expect(ending.code == (status == 401 ? 3 : 1))
                let isRecorded = try workspace.everything().contains("which is wrong")
                #expect(isRecorded)
                try Self.expectSecret(Self.right, in: workspace)
            }
        }

        /// Local servers take any word for a key, and such a word stands in honest answers too.
        @Test func aWordForAKeyIsNotCutOutOfAnswers() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write("job.yaml", jobFile(simulator, endpoint: ", key_env: MY_KEY"))
                let ending = try await workspace.sluice(["run", "job.yaml"], environment: ["MY_KEY": "echo"])
                #expect(ending.code == 0)
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...3)
            }
        }

        @Test func aKeyFileIsRead() async throws {
            try await withEndpoint {
                $0.key = Self.right
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("secrets/key", Self.right + "\n")
                let command = ["run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL, "--key-file"]
                let missing = try await workspace.sluice(command + ["secrets/nokey"])
                #expect(missing.code == 2)
                #expect(missing.errors.contains("the key file secrets/nokey cannot be read: No such file or directory"))
                #expect(simulator.statistics().requests == 0)
                #expect(try await workspace.sluice(command + ["secrets/key"]).code == 0)
                try workspace.write("secrets/key", "")
                try Self.expectSecret(Self.right, in: workspace)
            }
        }

        @Test func theEndpointsHeadersAndQueryArrive() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
                $0.key = Self.right
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                let endpoint =
                    #", key_env: MY_KEY, key_header: api-key, headers: {X-Title: "a b"}, query: {api-version: "1"}"#
                try workspace.write("job.yaml", jobFile(simulator, endpoint: endpoint))
                let ending = try await workspace.sluice(["run", "job.yaml"], environment: ["MY_KEY": Self.right])
                #expect(ending.code == 0)
                #expect(recorder.requests.count == 2)
                for request in recorder.requests {
                    #expect(request.target == "/v1/chat/completions?api-version=1")
                    #expect(request.header("api-key") == Self.right)
                    #expect(request.header("authorization") == nil)
                    #expect(request.header("x-title") == "a b")
                    #expect(request.header("content-type") == "application/json")
                    #expect(request.header("user-agent")?.hasPrefix("sluice/") == true)
                }
            }
        }

        /// The standard endpoint has its own variable; without it nothing is sent anywhere.
        @Test func whereNoEndpointIsNamedTheStandardOneIsAndItsKey() async throws {
            let workspace = try Workspace()
            try workspace.write("rows.jsonl", Rows.jsonl(1...2))
            let flags = ["rows.jsonl", "--model", "gpt-5.2"]
            let ending = try await workspace.sluice(["run"] + flags)
            #expect(ending.code == 2)
            #expect(ending.errors.contains("https://direct.evolink.ai/v1, as no --base-url names another"))
            #expect(ending.errors.contains("the environment variable EVOLINK_API_KEY holds no key; set it"))
            #expect(try await workspace.sluice(["plan"] + flags).code == 0)
        }

        @Test(arguments: [[:], ["MY_KEY": ""]])
        func aVariableWithoutAKeyIsNamedAndNothingSent(environment: [String: String]) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("job.yaml", jobFile(simulator, endpoint: ", key_env: MY_KEY"))
                let ending = try await workspace.sluice(["run", "job.yaml"], environment: environment)
                #expect(ending.code == 2)
                #expect(ending.errors.contains("the environment variable MY_KEY holds no key; set it"))
                #expect(simulator.statistics().requests == 0)
                #expect(try await workspace.sluice("runs").output == "no runs yet\n")
                // A plan needs none.
                #expect(try await workspace.sluice("plan", "job.yaml").code == 0)
            }
        }

        /// What a person asks for next is not the run that never was.
        @Test func aRunWithoutItsKeyIsNotTheNewestRun() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("job.yaml", jobFile(simulator, endpoint: ", key_env: MY_KEY"))
                let good = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL)
                #expect(good.code == 0)
                #expect(try await workspace.sluice("run", "job.yaml").code == 2)
                let status = try await workspace.sluice("status")
                #expect(status.output.contains("rows · complete"))
            }
        }

        @Test func aKeyThatCannotBeAHeaderIsRefusedWithoutShowingIt() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("job.yaml", jobFile(simulator, endpoint: ", key_env: MY_KEY"))
                let ending = try await workspace.sluice(
                    ["run", "job.yaml"], environment: ["MY_KEY": "\(Self.right)\nX-Evil: 1"])
                #expect(ending.code == 2)
                #expect(ending.errors.contains("the key in MY_KEY"))
                #expect(simulator.statistics().requests == 0)
                try Self.expectSecret(Self.right, in: workspace)
            }
        }

        @Test func aKeyInPlaceOfItsVariablesNameIsNotRepeated() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                let flag = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "m", "--base-url", simulator.baseURL, "--key-env", Self.right)
                #expect(flag.code == 64)
                #expect(flag.errors.contains("not the key itself"))
                try Self.expectSecret(Self.right, in: workspace)
                try workspace.write("job.yaml", jobFile(simulator, endpoint: ", key_env: \(Self.right)"))
                let file = try await workspace.sluice("run", "job.yaml")
                #expect(file.code == 2)
                #expect(file.errors.contains("job.yaml:3:"))
                #expect(file.errors.contains("not the key itself"))
                #expect(!(file.errors + file.output).contains(Self.right))
                #expect(simulator.statistics().requests == 0)
            }
        }

        @Test func aSpentQuotaStopsTheRunAndAnotherEndpointEndsIt() async throws {
            try await withEndpoint {
                $0.quota = 10
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...60))
                try workspace.write("job.yaml", jobFile(simulator))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 3)
                #expect(ending.errors.contains("You exceeded your current quota"))
                let totals = try Totals(ending.output)
                #expect(totals.classes["ok"] == 10)
                #expect(totals.classes["unsent"] == 50)
                #expect(simulator.statistics().requests <= 18)

                let other = try await Simulator.start()
                let rest = try await workspace.sluice("run", "job.yaml", "--base-url", other.baseURL)
                #expect(rest.code == 0)
                #expect(other.statistics().requests == 50)
                await other.stop()
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...60)
            }
        }
    }
}

extension [UInt8] {
    /// Whether a text's UTF-8 stands in it.
    func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, count >= wanted.count else { return false }
        return withUnsafeBufferPointer { bytes in
            (0...bytes.count - wanted.count).contains { start in
                bytes[start] == first && bytes[start..<start + wanted.count].elementsEqual(wanted)
            }
        }
    }
}
