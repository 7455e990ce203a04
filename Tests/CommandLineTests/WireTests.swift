import JSON
import SQLite
import SluiceSimulator
import Testing

@testable import Sluice

extension CommandLineTests {
    /// What the wire can do beyond a chat that is answered whole: the program as it is built, over loopback.
    @Suite struct WireTests {
        private func count(_ sql: String, _ workspace: Workspace) throws -> Int64? {
            try Queue(reading: "\(workspace.path)/.sluice/queue.db").database.integer(sql)
        }

        /// Comments keep a connection alive for ever; a deadline between events ends the wait.
        @Test func aStreamThatOnlyLivesIsGivenUpAndTriedAgain() async throws {
            try await withEndpoint {
                $0.faults = FaultPlan([.init(.stallAlive, rate: 1)], onFirstAttemptOnly: true)
                $0.keepAliveInterval = .milliseconds(20)
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                try workspace.write(
                    "job.yaml", jobFile(simulator, more: "timeouts: {first_byte: 400ms, stall: 400ms, idle: 30s}"))
                let ending = try await workspace.sluice("run", "job.yaml", "--stream", "--json")
                #expect(ending.code == 0, "\(ending.errors)")
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...4)
                #expect(
                    try count(
                        "SELECT count(*) FROM attempts WHERE error_code = 'timeout_stall' AND possibly_billed",
                        workspace)
                        == 4)
            }
        }

        @Test(arguments: [false, true])
        func aCutAnswerGrowsUntilItIsWhole(streamed: Bool) async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...3))
                try workspace.write(
                    "job.yaml", jobFile(simulator, more: "on_truncation: {grow: {factor: 4, cap: 4000}}"))
                let ending = try await workspace.sluice(
                    ["run", "job.yaml", "--json", "-p", "max_completion_tokens=2"] + (streamed ? ["--stream"] : []))
                #expect(ending.code == 0, "\(ending.errors)")
                Rows.expectAnswered(try workspace.results("results.jsonl"), 1...3)
                let cut = try count("SELECT count(*) FROM attempts WHERE outcome = 'truncated'", workspace) ?? 0
                #expect(cut >= 3)
                let totals = try Totals(ending.output)
                #expect(totals.attempts == cut + 3)
                // The tokens of the tries that were cut count as well.
                #expect(
                    totals.completionTokens == (try count("SELECT sum(completion_tokens) FROM attempts", workspace)))
            }
        }

        @Test func anAnswerThatFailsItsCheckIsAskedForAgain() async throws {
            try await withEndpoint {
                $0.answer.invalidFirst = 1
            } _: { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...4))
                try workspace.write(
                    "job.yaml",
                    jobFile(simulator, more: "expect: {json_schema: {type: object, required: [echo]}, correct: true}"))
                let ending = try await workspace.sluice(
                    ["run", "job.yaml", "--json", "-p", #"response_format={"type":"json_object"}"#])
                #expect(ending.code == 0, "\(ending.errors)")
                let totals = try Totals(ending.output)
                #expect(totals.classes["ok"] == 4)
                #expect(totals.attempts == 8)
                #expect(
                    try count(
                        "SELECT count(*) FROM attempts WHERE outcome = 'invalid' AND answer IS NOT NULL", workspace)
                        == 4)
                #expect(try workspace.results("results.jsonl").allSatisfy { $0.text?.hasPrefix("{") == true })
            }
        }

        @Test func whatStaysInvalidIsNotWell() async throws {
            try await withEndpoint { simulator, workspace in
                try workspace.write("rows.jsonl", Rows.jsonl(1...2))
                try workspace.write("job.yaml", jobFile(simulator, more: "expect: {json: true, attempts: 2}"))
                let ending = try await workspace.sluice("run", "job.yaml", "--json")
                #expect(ending.code == 1)
                let totals = try Totals(ending.output)
                #expect(totals.classes["invalid"] == 2)
                #expect(totals.attempts == 4)
                let errors = try workspace.results("results.jsonl").compactMap(\.error)
                #expect(errors.count == 2 && errors.allSatisfy { $0.hasPrefix("failed_check: ") })
            }
        }

        /// Every operation by batch lines in one file.
        @Test func operationsOfAllKindsRunThroughTheSameMachinery() async throws {
            try await withEndpoint { simulator, workspace in
                let bodies = [
                    ("chat", "/v1/chat/completions", #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#),
                    ("response", "/v1/responses", #"{"model":"m","input":"x"}"#),
                    ("embedding", "/v1/embeddings", #"{"model":"m","input":["x","y"]}"#),
                    ("completion", "/v1/completions", #"{"model":"m","prompt":"x"}"#),
                    ("moderation", "/v1/moderations", #"{"model":"m","input":"x"}"#),
                ]
                let lines = bodies.map { name, url, body in
                    #"{"custom_id":"\#(name)","method":"POST","url":"\#(url)","body":\#(body)}"# + "\n"
                }
                try workspace.write("rows.jsonl", lines.joined())
                let ending = try await workspace.sluice(
                    "run", "rows.jsonl", "--base-url", simulator.baseURL, "--json", "--with", "answer")
                #expect(ending.code == 0, "\(ending.errors)")
                #expect(try Totals(ending.output).classes["ok"] == 5)
                let rows = try workspace.results("rows.results.jsonl")
                #expect(rows.map { $0.text != nil } == [true, true, false, true, false])
                // A moderation tells no usage, which is counted as not told; all others do.
                #expect(try count("SELECT count(*) FROM attempts WHERE prompt_tokens > 0", workspace) == 4)
                #expect(try count("SELECT usage_absent FROM totals", workspace) == 1)
            }
        }

        @Test(arguments: [
            ("/v1/responses", "input"), ("/v1/embeddings", "input"), ("/v1/completions", "prompt"),
            ("/v1/moderations", "input"),
        ])
        func anOperationIsNamedByAFlag(url: String, member: String) async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try workspace.write("rows.csv", "id,text\n1,one\n2,\"two \"\"quoted\"\"\"\n")
                let ending = try await workspace.sluice(
                    "run", "rows.csv", "--base-url", simulator.baseURL, "--url", url, "--model", "m", "--id", "{{id}}",
                    "--template", "about {{text}}")
                #expect(ending.code == 0, "\(ending.errors)")
                let bodies = Set(recorder.requests.map { String(decoding: $0.body, as: UTF8.self) })
                #expect(
                    bodies == [
                        #"{"model":"m","\#(member)":"about one"}"#,
                        #"{"model":"m","\#(member)":"about two \"quoted\""}"#,
                    ])
                #expect(recorder.requests.allSatisfy { $0.target == url })
            }
        }
    }
}
