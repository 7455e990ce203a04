/// What the endpoint needs to know of a request's body.
struct ModelRequest {
    var operation: Operation
    /// The model as written, quotes included, to be spliced into the answer.
    var model: [UInt8] = []
    /// A quarter of the bytes of all texts, rounded up.
    var promptTokens = 0
    var choices = 1
    /// The smallest of the token limits that the endpoint knows.
    var maximumTokens: Int?
    var streams = false
    var includesUsage = false
    /// vLLM's `continuous_usage_stats`.
    var includesUsageInEachEvent = false
    /// The request asks for an answer in JSON.
    var wantsJSON = false
    /// Names the conversation by all up to its first user message: turns that follow do not change it.
    var start: UInt64 = 0
    /// The texts of embeddings, moderations and completions; empty for the others.
    var inputs: [[UInt8]] = []
    /// Of an embedding's vector.
    var dimensions = 8
    /// Vectors are wanted in base64.
    var isBase64 = false

    init(operation: Operation) {
        self.operation = operation
    }

    /// Four bytes are a token, and so is what is left over.
    static func tokens(ofBytes bytes: Int) -> Int { (bytes + 3) / 4 }
}
