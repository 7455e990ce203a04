import JSON

/// What the endpoint needs to know of a chat completion's body.
struct ChatRequest {
    /// The model as written, quotes included, to be spliced into the answer.
    var model: [UInt8] = []
    /// A quarter of the bytes of all messages' texts, rounded up.
    var promptTokens = 0
    var choices = 1
    /// The smaller of `max_tokens` and `max_completion_tokens`.
    var maximumTokens: Int?
    var streams = false
    var includesUsage = false

    /// Reads a body; `prompt` becomes the text of the last user message.
    static func read(
        _ body: UnsafeRawBufferPointer, parser: JSONParser, prompt: inout [UInt8]
    ) throws(RequestProblem) -> ChatRequest {
        let root: JSONValue
        do {
            root = try parser.parse(body)
        } catch {
            throw RequestProblem.notJSON
        }
        guard root.kind == .object else { throw RequestProblem.notJSON }

        var request = ChatRequest()
        guard let model = root["model"], !model.isNull else {
            throw RequestProblem(message: "you must provide a model parameter", parameter: nil, code: nil)
        }
        guard model.kind == .string else { throw .invalidType("model", expected: "a string") }
        model.appendRaw(to: &request.model)
        try request.readMessages(of: root, prompt: &prompt)
        try request.readSettings(of: root)
        return request
    }

    private mutating func readMessages(of root: JSONValue, prompt: inout [UInt8]) throws(RequestProblem) {
        guard let messages = root["messages"] else {
            throw RequestProblem(
                message: "Missing required parameter: 'messages'.", parameter: "messages",
                code: "missing_required_parameter")
        }
        guard messages.kind == .array else { throw .invalidType("messages", expected: "an array") }
        guard messages.count > 0 else {
            throw RequestProblem(
                message: "Invalid 'messages': empty array. Expected an array with minimum length 1.",
                parameter: "messages", code: "empty_array")
        }
        prompt.removeAll(keepingCapacity: true)
        var others: [UInt8] = []
        var bytes = 0
        for message in messages.elements {
            guard message.kind == .object, let role = message["role"], role.kind == .string else {
                throw .invalidType("messages", expected: "objects with a role")
            }
            if role.isString("user") {
                prompt.removeAll(keepingCapacity: true)
                Self.appendText(of: message["content"], to: &prompt)
                bytes += prompt.count
            } else {
                others.removeAll(keepingCapacity: true)
                Self.appendText(of: message["content"], to: &others)
                bytes += others.count
            }
        }
        promptTokens = Self.tokens(ofBytes: bytes)
    }

    private mutating func readSettings(of root: JSONValue) throws(RequestProblem) {
        choices = try Self.count(root["n"], "n") ?? 1
        guard choices <= 128 else { throw .invalidType("n", expected: "an integer from 1 to 128") }
        maximumTokens = try Self.count(root["max_tokens"], "max_tokens")
        if let tokens = try Self.count(root["max_completion_tokens"], "max_completion_tokens") {
            maximumTokens = min(maximumTokens ?? tokens, tokens)
        }
        if let stream = root["stream"], !stream.isNull {
            guard let flag = stream.bool else { throw .invalidType("stream", expected: "a boolean") }
            streams = flag
        }
        if streams, let options = root["stream_options"] {
            includesUsage = options["include_usage"]?.bool ?? false
        }
    }

    /// Appends a content's text: a string, or the texts of an array's parts, joined.
    private static func appendText(of content: JSONValue?, to text: inout [UInt8]) {
        guard let content else { return }
        if content.appendString(to: &text) { return }
        for part in content.elements {
            _ = part["text"]?.appendString(to: &text)
        }
    }

    /// A positive integer, or nil where it is absent or null.
    private static func count(_ value: JSONValue?, _ name: StaticString) throws(RequestProblem) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.integer, number >= 1, number <= 1_000_000_000 else {
            throw .invalidType("\(name)", expected: "a positive integer")
        }
        return Int(number)
    }

    /// Four bytes are a token, and so is what is left over.
    static func tokens(ofBytes bytes: Int) -> Int { (bytes + 3) / 4 }
}

/// Why a request is answered with 400.
struct RequestProblem: Error {
    var message: String
    var parameter: String?
    var code: String?

    static let notJSON = RequestProblem(
        message: "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your "
            + "HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
        parameter: nil, code: nil)

    static func invalidType(_ parameter: String, expected: String) -> RequestProblem {
        RequestProblem(
            message: "Invalid type for '\(parameter)': expected \(expected).", parameter: parameter,
            code: "invalid_type")
    }
}
