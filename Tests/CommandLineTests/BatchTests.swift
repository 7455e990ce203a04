import SluiceSimulator
import Testing

extension CommandLineTests {
    /// OpenAI's batch files, in and out.
    @Suite struct BatchTests {
        @Test func outputAndErrorsAreJoinedByID() async throws {
            let script: SimulatorConfiguration.Script = { request, _ in
                guard String(decoding: request.body, as: UTF8.self).contains("refuse me") else { return nil }
                return ScriptedReply(
                    status: 400,
                    body: #"{"error":{"message":"no such thing","type":"invalid_request_error","code":"bad"}}"#)
            }
            try await withEndpoint {
                $0.script = script
            } _: { simulator, workspace in
                try workspace.write(
                    "batch.jsonl", Self.line("b1", "first") + Self.line("b2", "refuse me") + Self.line("b3", "third"))
                let ending = try await workspace.sluice(
                    "run", "batch.jsonl", "--format", "batch", "--base-url", simulator.baseURL)
                #expect(ending.code == 1)
                let output = try workspace.lines("batch.output.jsonl")
                let errors = try workspace.lines("batch.errors.jsonl")
                try #require(output.count == 2 && errors.count == 1)
                for (line, id, prompt) in [(output[0], "b1", "first"), (output[1], "b3", "third")] {
                    #expect(line.hasPrefix(#"{"id":"batch_req_"#))
                    #expect(line.contains(#""custom_id":"\#(id)","response":{"status_code":200,"request_id":"req_"#))
                    #expect(line.contains(#""content":"\#(SimulatedAnswer.text(prompt))""#))
                    #expect(line.hasSuffix(#"}},"error":null}"#))
                }
                #expect(errors[0].contains(#""custom_id":"b2","response":{"status_code":400,"#))
                #expect(
                    errors[0].hasSuffix(
                        #""body":{"error":{"message":"no such thing","type":"invalid_request_error","code":"bad"}}},"error":null}"#
                    ))
                #expect(simulator.statistics().requests == 3)
            }
        }

        static func line(_ id: String, _ prompt: String) -> String {
            #"{"custom_id":"\#(id)","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":"#
                + #"[{"role":"user","content":"\#(prompt)"}]}}"# + "\n"
        }
    }

    /// The user's JSON arrives byte for byte.
    @Suite struct ByteFidelityTests {
        static let bodies = [
            #"{"model":"m","messages":[{"role":"user","content":"a"}],"seed":9007199254740993}"#,
            #"{"messages":[{"content":"b","role":"user"}],"top_p":1e-7,"temperature":0.70,"model":"m"}"#,
            #"{ "model" : "m" , "messages" : [ {"role":"user","content":"caf\u00e9 café \ud83d\ude00 😀 \/"} ] }"#,
            #"{"x-unknown":{"b":1,"a":[1.0,1.50,-0.0,1E+2,123456789012345678901234567890]},"model":"m","messages":[{"role":"user","name":"n","content":"d"}]}"#,
            "{\"model\":\"m\",\t\"messages\":[{\"role\":\"user\",\"content\":\"e\\u0000\\u2028\u{2028}\"}],\"logit_bias\":{\"50256\":-100}}",
        ]

        @Test func aBatchLinesBodyIsSentAsItIsWritten() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                let lines = Self.bodies.enumerated().map { number, body in
                    #"{"custom_id":"b\#(number)","method":"POST","url":"/v1/chat/completions","body":\#(body)}"#
                }
                try workspace.write("batch.jsonl", lines.joined(separator: "\r\n"))
                let ending = try await workspace.sluice(
                    "run", "batch.jsonl", "--base-url", simulator.baseURL, "--concurrency", "1", "--with", "request")
                #expect(ending.code == 0)
                #expect(recorder.requests.map { String(decoding: $0.body, as: UTF8.self) } == Self.bodies)
                #expect(recorder.requests.allSatisfy { $0.target == "/v1/chat/completions" && $0.method == "POST" })
                // And comes back as it was sent.
                for (line, body) in zip(try workspace.lines("batch.results.jsonl"), Self.bodies) {
                    #expect(line.hasSuffix(",\"request\":\(body)}"))
                }
            }
        }

        @Test func aRowsOwnFieldsAreSplicedAsTheyAreWritten() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try workspace.write(
                    "rows.jsonl",
                    #"{"temperature":0.70,"prompt":"caf\u00e9 café","seed":9007199254740993,"logit_bias":{ "1":1e-7 }}"#
                )
                let ending = try await workspace.sluice(
                    "run", "rows.jsonl", "--model", "m", "-p", "top_p=1e-7", "--parameter", "temperature=1.0",
                    "--base-url", simulator.baseURL)
                #expect(ending.code == 0)
                #expect(
                    recorder.requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                        #"{"model":"m","top_p":1e-7,"temperature":0.70,"seed":9007199254740993,"#
                            + #""logit_bias":{ "1":1e-7 },"messages":[{"role":"user","content":"caf\u00e9 café"}]}"#
                    ])
            }
        }

        @Test func aTemplateIsFilledWithoutRewritingWhatStandsAround() async throws {
            let recorder = RequestRecorder()
            try await withEndpoint {
                $0.recorder = recorder
            } _: { simulator, workspace in
                try workspace.write("rows.csv", "q,n\n\"He said \"\"é\"\"\t\n\\ end\",0.70\n")
                try workspace.write(
                    "job.yaml",
                    """
                    name: job
                    input: rows.csv
                    endpoint: {base_url: "\(simulator.baseURL)"}
                    request:
                      model: m
                      top_p: 1e-7
                      seed: 9007199254740993
                      x_new: {b: 0.70, a: [~, true, "1"]}
                      temperature: "{{n|json}}"
                      messages:
                        - {role: user, content: "Q: {{q}} ☃"}
                    output: {results: out/results.jsonl}
                    """)
                #expect(try await workspace.sluice("run", "job.yaml").code == 0)
                #expect(
                    recorder.requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                        #"{"model":"m","top_p":1e-7,"seed":9007199254740993,"x_new":{"b":0.70,"a":[null,true,"1"]},"#
                            + #""temperature":0.70,"messages":[{"role":"user","content":"Q: He said \"é\"\t\n\\ end ☃"}]}"#
                    ])
                #expect(try workspace.results("out/results.jsonl").count == 1)
            }
        }
    }
}
