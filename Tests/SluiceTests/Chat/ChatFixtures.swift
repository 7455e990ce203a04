@testable import Sluice

/// Answers as providers send them.
enum ChatFixtures {
    static let now = DateTextTests.now
    static let chat = "/v1/chat/completions"

    /// EvoLink's own example.
    static let seed = """
        {"id":"chatcmpl-20251010015944503180122WJNB8Eid","model":"gpt-5.2","object":"chat.completion","created":1760032810,
         "choices":[{"index":0,"message":{"role":"assistant","content":"Hello! I'm GPT-5.2 ..."},"finish_reason":"stop"}],
         "usage":{"prompt_tokens":13,"completion_tokens":1891,"total_tokens":1904,
          "prompt_tokens_details":{"cached_tokens":0,"text_tokens":13,"audio_tokens":0,"image_tokens":0},
          "completion_tokens_details":{"text_tokens":0,"audio_tokens":0,"reasoning_tokens":1480},
          "input_tokens":0,"output_tokens":0,"input_tokens_details":null}}
        """

    /// Two choices, reasoning, a tool call in pieces, log probabilities, comments, usage and the end.
    static let stream = """
        : keep-alive

        data: {"id":"","object":"chat.completion.chunk","created":0,"model":"","choices":[],"prompt_filter_results":[]}

        data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m-1","usage":null,\
        "choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"obfuscation":"xx"}

        data: {"id":"c1","object":"chat.completion.chunk","created":8,"model":"m-2","choices":[{"index":0,\
        "delta":{"reasoning_content":"Hm"},"logprobs":{"content":[{"token":"a","logprob":-0.10}],"refusal":null}}]}

        event: message
        data: {"id":"c1","choices":[{"index":1,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"call_1",
        data: "type":"function","function":{"name":"f","arguments":""}}]}}],"usage":{"prompt_tokens":1}}

        data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Grüße \\ud83d"}},\
        {"index":1,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":"}},\
        {"index":0,"function":{"arguments":"1}"}}]}}]}

        data: {"id":"c1","choices":[{"index":0,"delta":{"content":"\\ude00\u{2028}end","reasoning_content":"m."},\
        "logprobs":{"content":[{"token":"b","logprob":-0.2}]}}],"system_fingerprint":"fp"}

        data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"id":"c1","choices":[{"index":1,"delta":{},"finish_reason":"tool_calls"}],"usage":null}

        data: {"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4},"service_tier":"flex"}

        data: [DONE]


        """

    static let streamDocument = """
        {"id":"c1","object":"chat.completion","created":7,"model":"m-1","choices":[\
        {"index":0,"message":{"role":"assistant","content":"Grüße \\ud83d\\ude00\u{2028}end","reasoning_content":"Hmm."},\
        "logprobs":{"content":[{"token":"a","logprob":-0.10},{"token":"b","logprob":-0.2}]},"finish_reason":"stop"},\
        {"index":1,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",\
        "function":{"name":"f","arguments":"{\\"a\\":1}"}}]},"finish_reason":"tool_calls"}],\
        "prompt_filter_results":[],"usage":{"prompt_tokens":3,"completion_tokens":4},\
        "system_fingerprint":"fp","service_tier":"flex"}
        """

    static func answer(_ status: Int, _ body: String, _ headers: KeyValuePairs<String, String> = [:]) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: HTTPHeaders(headers), body: Array(body.utf8))
    }

    static func classify(
        _ status: Int, _ body: String, _ headers: KeyValuePairs<String, String> = [:], url: String = chat,
        secrets: [String] = []
    ) -> Outcome {
        let classifier = OutcomeClassifier(secrets: secrets.map { Array($0.utf8) })
        return classifier.classify(.success(answer(status, body, headers)), url: url, now: now)
    }

    /// An answer with one choice.
    static func choice(_ inside: String) -> String { #"{"choices":[{"index":0,\#(inside)}]}"# }
}
