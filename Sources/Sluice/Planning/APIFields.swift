/// The fields of a chat request that a row may carry beside its `messages` or `prompt`.
///
/// A fixed list: everything else in a row is a column. `metadata` and `user` are fields of the API too, but data sets
/// use these names for their own ends, so only the job may set them.
enum APIFields {
    /// How a CSV field, which is always text, becomes JSON.
    enum TextForm {
        /// A string.
        case string
        /// JSON of its own: a number, true, an object.
        case json
        /// JSON where it begins like an object, a list or a string; else a string.
        case either
    }

    struct Field {
        let name: String
        let form: TextForm
    }

    static let all: [Field] = [
        Field(name: "model", form: .string), Field(name: "messages", form: .json), Field(name: "stream", form: .json),
        Field(name: "stream_options", form: .json), Field(name: "temperature", form: .json),
        Field(name: "top_p", form: .json), Field(name: "top_k", form: .json),
        Field(name: "max_completion_tokens", form: .json), Field(name: "max_tokens", form: .json),
        Field(name: "n", form: .json), Field(name: "seed", form: .json), Field(name: "stop", form: .either),
        Field(name: "frequency_penalty", form: .json), Field(name: "presence_penalty", form: .json),
        Field(name: "logit_bias", form: .json), Field(name: "logprobs", form: .json),
        Field(name: "top_logprobs", form: .json), Field(name: "reasoning_effort", form: .string),
        Field(name: "verbosity", form: .string), Field(name: "tools", form: .json),
        Field(name: "tool_choice", form: .either), Field(name: "parallel_tool_calls", form: .json),
        Field(name: "functions", form: .json), Field(name: "function_call", form: .either),
        Field(name: "response_format", form: .json), Field(name: "modalities", form: .json),
        Field(name: "audio", form: .json), Field(name: "prediction", form: .json),
        Field(name: "web_search_options", form: .json), Field(name: "moderation", form: .json),
        Field(name: "service_tier", form: .string), Field(name: "prompt_cache_key", form: .string),
        Field(name: "prompt_cache_options", form: .json), Field(name: "prompt_cache_retention", form: .string),
        Field(name: "store", form: .json), Field(name: "safety_identifier", form: .string),
    ]

    static let byName: [String: Field] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
