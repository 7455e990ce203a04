import JSON

/// Reads the bodies of requests, by the rules of an imitated endpoint.
///
/// It belongs to one event loop, as its parser does.
struct RequestReader {
    let parser = JSONParser()
    let rules: RequestRules
    /// Whether conversations are told apart.
    let marksStart: Bool

    /// Reads a body; `prompt` becomes the text of the last user message, or the first of the inputs. `deployment`
    /// stands in for a model that the path names.
    func read(
        _ body: UnsafeRawBufferPointer, operation: Operation, deployment: String?, prompt: inout [UInt8]
    ) throws(RequestProblem) -> ModelRequest {
        let root: JSONValue
        do {
            root = try parser.parse(body)
        } catch {
            throw rules.notJSON
        }
        guard root.kind == .object else { throw rules.notJSON }
        try rules.checkKeys(of: root, operation: operation)

        var request = ModelRequest(operation: operation)
        try readModel(of: root, deployment: deployment, into: &request)
        switch operation {
        case .chat: try readMessages(of: root, into: &request, prompt: &prompt)
        case .responses: try readItems(of: root, into: &request, prompt: &prompt)
        case .completions: try readInputs(root["prompt"], "prompt", into: &request, prompt: &prompt)
        case .embeddings, .moderations: try readInputs(root["input"], "input", into: &request, prompt: &prompt)
        }
        try readSettings(of: root, into: &request)
        try rules.check(root, request)
        return request
    }

    private func readModel(
        of root: JSONValue, deployment: String?, into request: inout ModelRequest
    ) throws(RequestProblem) {
        if let deployment {
            JSONText.appendString(deployment, to: &request.model)
            return
        }
        guard let model = root["model"], !model.isNull else {
            guard request.operation != .moderations else { return request.model.append(literal: "\"moderation\"") }
            throw RequestProblem(message: "you must provide a model parameter", parameter: nil, code: nil)
        }
        guard model.kind == .string else { throw .invalidType("model", expected: "a string") }
        model.appendRaw(to: &request.model)
    }

    // MARK: Texts

    private func readMessages(
        of root: JSONValue, into request: inout ModelRequest, prompt: inout [UInt8]
    ) throws(RequestProblem) {
        guard let messages = root["messages"] else { throw .missing("messages") }
        guard messages.kind == .array else { throw .invalidType("messages", expected: "an array") }
        guard messages.count > 0 else { throw .empty("messages") }
        var texts = ConversationTexts(marksStart: marksStart)
        prompt.removeAll(keepingCapacity: true)
        for message in messages.elements {
            guard message.kind == .object, let role = message["role"], role.kind == .string else {
                throw .invalidType("messages", expected: "objects with a role")
            }
            try rules.checkParts(of: message["content"])
            texts.add(message["content"], isUser: role.isString("user"), prompt: &prompt)
        }
        request.promptTokens = texts.tokens
        request.start = texts.start
    }

    /// The input of `/v1/responses`: a text, or a list of which the items with a role are messages.
    private func readItems(
        of root: JSONValue, into request: inout ModelRequest, prompt: inout [UInt8]
    ) throws(RequestProblem) {
        guard let input = root["input"], !input.isNull else { throw .missing("input") }
        guard input.kind == .string || input.kind == .array else {
            throw .invalidType("input", expected: "a string or an array")
        }
        var texts = ConversationTexts(marksStart: marksStart)
        prompt.removeAll(keepingCapacity: true)
        texts.add(root["instructions"], isUser: false, prompt: &prompt)
        if input.kind == .string {
            texts.add(input, isUser: true, prompt: &prompt)
        } else {
            guard input.count > 0 else { throw .empty("input") }
            for item in input.elements {
                guard item.kind == .object else { throw .invalidType("input", expected: "objects") }
                guard let role = item["role"] else { continue }
                texts.add(item["content"], isUser: role.isString("user"), prompt: &prompt)
            }
        }
        request.promptTokens = texts.tokens
        request.start = texts.start
    }

    /// A text, a list of texts, a list of token numbers or a list of such lists. Token numbers count as the text that
    /// writes them.
    private func readInputs(
        _ value: JSONValue?, _ name: String, into request: inout ModelRequest, prompt: inout [UInt8]
    ) throws(RequestProblem) {
        guard let value, !value.isNull else { throw .missing(name) }
        let texts = ConversationTexts(marksStart: false)
        func add(_ value: JSONValue) {
            var text: [UInt8] = []
            if !value.appendString(to: &text) {
                texts.append(value, to: &text)
                if text.isEmpty { value.appendRaw(to: &text) }
            }
            request.promptTokens += ModelRequest.tokens(ofBytes: text.count)
            request.inputs.append(text)
        }
        switch value.kind {
        case .string: add(value)
        case .array:
            guard value.count > 0 else { throw .empty(name) }
            if value[0]?.kind == .number {
                add(value)
            } else {
                guard value.count <= 2048 else { throw .invalidType(name, expected: "at most 2048 texts") }
                for element in value.elements {
                    guard element.kind != .null, element.kind != .bool else {
                        throw .invalidType(name, expected: "texts")
                    }
                    add(element)
                }
            }
        default: throw .invalidType(name, expected: "a string or an array")
        }
        prompt = request.inputs[0]
        for input in request.inputs { request.start ^= SimulatedAnswer.fnv1a(input) }
    }

    // MARK: Settings

    private func readSettings(of root: JSONValue, into request: inout ModelRequest) throws(RequestProblem) {
        request.choices = try Self.count(root["n"], "n") ?? 1
        guard request.choices <= 128 else { throw .invalidType("n", expected: "an integer from 1 to 128") }
        if rules.ignoresChoices { request.choices = 1 }
        for name in rules.tokenLimits(of: request.operation) {
            guard let tokens = try Self.count(root[name], name) else { continue }
            request.maximumTokens = min(request.maximumTokens ?? tokens, tokens)
        }
        if let stream = root["stream"], !stream.isNull {
            guard let flag = stream.bool else { throw .invalidType("stream", expected: "a boolean") }
            request.streams = flag
        }
        if request.streams, let options = root["stream_options"] {
            request.includesUsage = options["include_usage"]?.bool ?? false
            request.includesUsageInEachEvent = options["continuous_usage_stats"]?.bool ?? false
        }
        let format = request.operation == .responses ? root["text"]?["format"] : root["response_format"]
        if let format = format?["type"] {
            request.wantsJSON = format.isString("json_object") || format.isString("json_schema")
        }
        if request.operation == .embeddings {
            request.dimensions = try Self.count(root["dimensions"], "dimensions") ?? 8
            guard request.dimensions <= 4096 else { throw .invalidType("dimensions", expected: "at most 4096") }
            request.isBase64 = root["encoding_format"]?.isString("base64") ?? false
        }
    }

    /// A positive integer, or nil where it is absent or null.
    private static func count(_ value: JSONValue?, _ name: String) throws(RequestProblem) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.integer, number >= 1, number <= 1_000_000_000 else {
            throw .invalidType(name, expected: "a positive integer")
        }
        return Int(number)
    }
}
