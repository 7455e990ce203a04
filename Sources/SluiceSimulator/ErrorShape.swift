/// How an endpoint writes its errors, and the statuses that it has for some.
package struct ErrorShape: Sendable {
    package enum Form: Sendable {
        /// `{"error":{"message","type","param","code"}}`, the code a text or null.
        case openAI
        /// OpenAI's with the status as an integer code; the types are each endpoint's own.
        case evolink, vllm, llamacpp
        /// OpenAI's with the status as a text.
        case litellm
        case azure, openRouter, ollama
        /// A list with one error.
        case gemini
        /// Flat, without `error`.
        case mistral
        case anthropic
    }

    package var form = Form.openAI
    /// For a key that is missing or wrong.
    package var keyStatus = 401
    package var keyMessage = "Incorrect API key provided."
    package var quotaStatus = 429
    package var quotaMessage = "You exceeded your current quota, please check your plan and billing details."
    /// For more requests at a time than allowed.
    package var overloadStatus = 429
    /// For a request that needs more tokens than a minute allows.
    package var tooLargeStatus = 429

    package init() {}
}
