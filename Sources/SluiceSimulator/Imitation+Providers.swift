/// The endpoints that can be stood in for, one value each. What no documentation says is left as it is by default.
extension Imitation {
    package static let all: [Imitation] = [
        openAI, azure, evolink, openRouter, mistral, groq, deepSeek, gemini, anthropic, vllm, llamacpp, ollama, litellm,
    ]

    /// The imitation of a name; nil when there is none.
    package init?(named name: some StringProtocol) {
        guard let imitation = Self.all.first(where: { $0.name == name }) else { return nil }
        self = imitation
    }

    private static func make(_ name: String, _ change: (inout Imitation) -> Void) -> Imitation {
        var imitation = Imitation(name: name)
        change(&imitation)
        return imitation
    }

    package static let openAI = make("openai") {
        $0.basePaths = ["v1"]
        $0.key = .bearer
        $0.rules.unknownKeys = .unknownParameter
        $0.rules.chatKeys = chatKeys
        $0.rules.refusesMaximumTokensOfReasoners = true
        $0.rules.refusesStreamOptionsWithoutStream = true
        $0.answers.modelSuffix = "-2025-12-11"
        $0.answers.members = #","service_tier":"default","system_fingerprint":null"#
        $0.answers.messageMembers = #","refusal":null,"annotations":[]"#
        $0.answers.choiceMembers = #","logprobs":null"#
        $0.answers.usage = .openAI
        $0.answers.reasoning = nil
        $0.heads.lines = "openai-version: 2020-10-01\r\nopenai-processing-ms: 1\r\n"
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .event
    }

    package static let azure = make("azure") {
        $0.basePaths = ["openai/deployments/*", "openai/v1"]
        $0.key = .apiKeyOrBearer
        $0.hasDeployments = true
        $0.rules = openAI.rules
        $0.answers = openAI.answers
        $0.answers.members = #"""
            ,"system_fingerprint":null,"prompt_filter_results":[{"prompt_index":0,\#
            "content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]
            """#
        $0.answers.choiceMembers = #"""
            ,"logprobs":null,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}
            """#
        $0.heads.requestID = "apim-request-id: "
        $0.heads.secondRequestID = "x-request-id: "
        $0.heads.lines = "x-ms-region: Simulated\r\n"
        $0.heads.limits = .azure
        $0.errors.form = .azure
        $0.delivery = openAI.delivery
        $0.delivery.opensWithoutChoices = true
    }

    package static let evolink = make("evolink") {
        $0.basePaths = ["v1"]
        $0.key = .bearer
        $0.heads.limits = .none
        $0.heads.retryAfter = .seconds
        $0.errors.form = .evolink
        $0.errors.quotaStatus = 402
        $0.errors.quotaMessage = "Insufficient quota. Please top up your account."
        $0.delivery.knowsContinuousUsage = false
    }

    package static let openRouter = make("openrouter") {
        $0.basePaths = ["api/v1"]
        $0.key = .bearer
        $0.operations = [.chat, .completions, .responses, .embeddings]
        $0.answers.chatIdentifier = "gen-"
        $0.answers.modelSuffix = "-20251211"
        $0.answers.members = #","provider":"Simulated","system_fingerprint":null"#
        $0.answers.messageMembers = #","refusal":null"#
        $0.answers.choiceMembers = #","native_finish_reason":"completed","logprobs":null"#
        $0.answers.usage = .openRouter
        $0.answers.reasoning = "reasoning"
        $0.heads.requestID = "x-generation-id: gen-"
        $0.heads.secondRequestID = "cf-ray: "
        $0.heads.limits = .none
        $0.heads.retryAfter = .seconds
        $0.errors.form = .openRouter
        $0.errors.quotaStatus = 402
        $0.errors.quotaMessage = "Insufficient credits. Add more using https://openrouter.ai/settings/credits"
        $0.delivery.usage = .always
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .finishReason
        $0.delivery.comment = " OPENROUTER PROCESSING"
    }

    package static let mistral = make("mistral") {
        $0.basePaths = ["v1"]
        $0.key = .bearer
        $0.operations = [.chat, .embeddings, .moderations]
        $0.rules.unknownKeys = .extraForbidden
        $0.rules.chatKeys = [
            "model", "messages", "temperature", "top_p", "max_tokens", "stream", "stop", "random_seed", "metadata",
            "response_format", "tools", "tool_choice", "presence_penalty", "frequency_penalty", "n", "prediction",
            "parallel_tool_calls", "prompt_mode", "reasoning_effort", "safe_prompt", "prompt_cache_key",
        ]
        $0.rules.chatTokenLimits = ["max_tokens"]
        $0.answers.chatIdentifier = ""
        $0.answers.messageMembers = #","tool_calls":null"#
        $0.answers.usage = .mistral
        $0.answers.reasoning = nil
        $0.heads.requestID = "mistral-correlation-id: "
        $0.heads.limits = .mistral
        $0.heads.retryAfter = .none
        $0.errors.form = .mistral
        $0.delivery.usage = .withFinish
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .event
    }

    package static let groq = make("groq") {
        $0.basePaths = ["openai/v1"]
        $0.key = .bearer
        $0.operations = [.chat, .responses]
        $0.rules.refusesChoices = true
        $0.answers.members = #","system_fingerprint":"fp_simulated","service_tier":"on_demand""#
        $0.answers.choiceMembers = #","logprobs":null"#
        $0.answers.usage = .groq
        $0.answers.tail = .groq
        $0.answers.reasoning = "reasoning"
        $0.heads.limits = .groq
        $0.heads.retryAfter = .seconds
        $0.errors.overloadStatus = 498
        $0.errors.tooLargeStatus = 413
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .event
    }

    package static let deepSeek = make("deepseek") {
        $0.basePaths = ["", "v1", "beta"]
        $0.key = .bearer
        $0.operations = [.chat, .completions]
        $0.rules.chatTokenLimits = ["max_tokens"]
        $0.rules.invalidStatus = 422
        $0.answers.chatIdentifier = ""
        $0.answers.members = #","system_fingerprint":"fp_simulated""#
        $0.answers.choiceMembers = #","logprobs":null"#
        $0.answers.usage = .deepSeek
        $0.heads.requestID = "x-ds-trace-id: "
        $0.heads.limits = .none
        $0.heads.retryAfter = .none
        $0.errors.quotaStatus = 402
        $0.errors.quotaMessage = "Insufficient Balance"
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .event
        $0.delivery.comment = " keep-alive"
        $0.delivery.blankLines = 3
    }

    package static let gemini = make("gemini") {
        $0.basePaths = ["v1beta/openai"]
        $0.key = .bearer
        $0.operations = [.chat, .embeddings]
        $0.rules.unknownKeys = .cannotFindField
        $0.rules.chatKeys = [
            "model", "messages", "temperature", "top_p", "max_tokens", "max_completion_tokens", "stream",
            "stream_options", "stop", "n", "response_format", "tools", "tool_choice", "reasoning_effort", "user",
            "parallel_tool_calls", "extra_body",
        ]
        $0.answers.chatIdentifier = ""
        $0.answers.usage = .counts
        $0.answers.reasoning = nil
        $0.heads.requestID = ""
        $0.heads.limits = .none
        $0.heads.retryAfter = .none
        $0.errors.form = .gemini
        $0.errors.keyStatus = 400
        $0.errors.keyMessage = "API key not valid. Please pass a valid API key."
        $0.errors.overloadStatus = 503
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .event
    }

    package static let anthropic = make("anthropic") {
        $0.basePaths = ["v1"]
        $0.key = .xAPIKeyOrBearer
        $0.operations = [.chat]
        $0.rules.refusesChoices = true
        $0.answers.chatIdentifier = "msg_"
        $0.answers.choiceMembers = #","logprobs":null"#
        $0.answers.messageMembers = #","refusal":null"#
        $0.answers.usage = .nullDetails
        $0.answers.reasoning = nil
        $0.heads.requestID = "request-id: req_"
        $0.heads.limits = .anthropic
        $0.heads.retryAfter = .seconds
        $0.errors.form = .anthropic
        $0.errors.overloadStatus = 529
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .event
    }

    package static let vllm = make("vllm") {
        $0.basePaths = ["v1"]
        $0.key = .bearerWhereSet
        $0.answers.members = #","service_tier":null,"system_fingerprint":null"#
        $0.answers.messageMembers = #","refusal":null,"annotations":null,"tool_calls":[]"#
        $0.answers.choiceMembers = #","logprobs":null,"stop_reason":null"#
        $0.answers.usage = .nullDetails
        $0.answers.reasoning = "reasoning"
        $0.heads.requestID = ""
        $0.heads.limits = .none
        $0.errors.form = .vllm
        $0.errors.overloadStatus = 503
        $0.delivery.failure = .eventAndDone
    }

    package static let llamacpp = make("llamacpp") {
        $0.basePaths = ["v1", ""]
        $0.key = .bearerWhereSet
        $0.operations = [.chat, .completions, .embeddings, .responses]
        $0.rules.malformedStatus = 500
        $0.answers.members = #","system_fingerprint":"b1-simulated""#
        $0.answers.usage = .counts
        $0.answers.tail = .timings
        $0.heads.requestID = ""
        $0.heads.limits = .none
        $0.heads.lines = "server: llama.cpp\r\n"
        $0.errors.form = .llamacpp
        $0.errors.overloadStatus = 503
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .event
        $0.delivery.comment = ""
    }

    package static let ollama = make("ollama") {
        $0.basePaths = ["v1"]
        $0.key = .ignored
        $0.operations = [.chat, .completions, .embeddings, .responses]
        $0.rules.chatTokenLimits = ["max_tokens"]
        $0.rules.ignoresChoices = true
        $0.rules.refusesRemoteImages = true
        $0.answers.members = #","system_fingerprint":"fp_ollama""#
        $0.answers.usage = .counts
        $0.answers.reasoning = "reasoning"
        $0.heads.requestID = ""
        $0.heads.limits = .none
        $0.errors.form = .ollama
        $0.errors.overloadStatus = 503
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .text
    }

    package static let litellm = make("litellm") {
        $0.basePaths = ["v1", ""]
        $0.key = .bearer
        $0.answers.members = #","system_fingerprint":null"#
        $0.answers.usage = .openAI
        $0.heads.requestID = "x-litellm-call-id: "
        $0.heads.lines = "x-litellm-model-api-base: http://simulated.invalid/v1\r\nx-litellm-version: 1.0.0\r\n"
        $0.heads.tellsCost = true
        $0.heads.retryAfter = .seconds
        $0.errors.form = .litellm
        $0.delivery.knowsContinuousUsage = false
        $0.delivery.failure = .event
    }

    /// What OpenAI's specification has for chat completions.
    private static let chatKeys: Set<String> = [
        "model", "messages", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs",
        "max_completion_tokens", "max_tokens", "metadata", "modalities", "moderation", "n", "parallel_tool_calls",
        "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
        "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream",
        "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity",
        "web_search_options",
    ]
}
