import JSON

/// Checks request bodies before anything is spent, and estimates their tokens from the same parse.
///
/// Checked is what every server refuses; all other keys pass. One for each planning thread.
final class RequestValidation {
    static let maximumBody: ByteCount = .mebibytes(64)

    private let parser = JSONParser()
    // Unchecked, here and below: looking at a member calls nothing that comes back here.
    @exclusivity(unchecked) private var seenKeys = SeenKeys()
    /// Of the body checked last, mostly the same text as before, which is then kept. Nil where there is none, or one
    /// that is too long for a name.
    @exclusivity(unchecked) private(set) var model: String?
    /// Of the body checked last.
    @exclusivity(unchecked) private(set) var streamFacts = StreamFacts()

    struct StreamFacts: Equatable {
        var hasStream = false
        /// Nil where it is not there, or null.
        var stream: Bool?
        var hasOptions = false
    }

    /// The estimate, or nil when a fault was added.
    func check(
        _ body: [UInt8], attachments: [Attachment] = [], route: APIRoute, faults: inout RequestFaults
    ) -> TokenEstimate? {
        let bytes = attachments.reduce(body.count) { $0 + $1.insertedBytes }
        guard bytes <= Self.maximumBody.bytes else {
            let withFiles = attachments.isEmpty ? "" : " with its files"
            faults.add("body: has \(bytes) bytes\(withFiles); at most \(Self.maximumBody.bytes) can be sent")
            return nil
        }
        do {
            return check(
                try parser.parse(body), filePositions: attachments.map(\.position), route: route, faults: &faults)
        } catch {
            faults.add("body: is not JSON: \(error.reason)", offset: error.offset)
            return nil
        }
    }

    func check(
        _ body: JSONValue, filePositions: [Int] = [], route: APIRoute, faults: inout RequestFaults
    ) -> TokenEstimate? {
        guard body.kind == .object else {
            faults.add("body: must be an object", at: body)
            return nil
        }
        guard body.range.count <= Self.maximumBody.bytes else {
            faults.add("body: has \(body.range.count) bytes; at most \(Self.maximumBody.bytes) can be sent", at: body)
            return nil
        }
        let faultsBefore = faults.items.count
        let isChat = route == .chatCompletions
        var prompt = PromptSize()
        prompt.filePositions = filePositions
        var output = OutputLimit()
        var hasModel = false
        var hasMessages = false
        seenKeys.removeAll()
        streamFacts = StreamFacts()
        for (key, value) in body.members {
            let meaning = MemberKey(key)
            // Providers disagree on which of two equal keys counts, so neither is sent.
            if !seenKeys.insert(key, meaning, of: body) {
                faults.add("duplicate key '\(ColumnNames.printable(key.string ?? ""))'; keep one of them", at: key)
            }
            switch meaning {
            case .model:
                hasModel = true
                if !(model.map(value.isString) ?? false) { model = value.range.count <= 512 ? value.string : nil }
                if value.kind != .string || value.range.count == 2 {
                    faults.add("model: must be a model's name, as text", at: value)
                }
            case .messages where isChat:
                hasMessages = true
                Self.checkMessages(value, &prompt, &faults)
            case .tools, .functions, .responseFormat: prompt.add(value)
            case .messages, .input, .prompt:
                guard !isChat else { continue }
                prompt.add(value)
                for _ in filePositions { prompt.addAttachment(data: nil) }
            case .temperature: if isChat { Self.checkNumber("temperature", value, 0...2, &faults) }
            case .topP: if isChat { Self.checkNumber("top_p", value, 0...1, &faults) }
            case .topK: if isChat { Self.checkCount("top_k", value, &faults) }
            case .choices:
                if isChat { Self.checkCount("n", value, &faults) }
                output.choices = value.integer
            case .maxTokens:
                if isChat { Self.checkCount("max_tokens", value, &faults) }
                output.deprecatedLimit = value.integer
            case .maxCompletionTokens:
                if isChat { Self.checkCount("max_completion_tokens", value, &faults) }
                output.limit = value.integer
            case .maxOutputTokens: output.limit = value.integer
            case .streamOptions: streamFacts.hasOptions = true
            case .stream:
                streamFacts.hasStream = true
                streamFacts.stream = value.bool
                if isChat, value.kind != .bool, value.kind != .null {
                    faults.add("stream: must be true or false", at: value)
                }
            default: break
            }
        }
        if !hasModel && route != .other {
            faults.add("model: is missing; set it in the job's request, or in the row", at: body)
        }
        if !hasMessages && isChat { faults.add("messages: is missing", at: body) }
        guard faults.items.count == faultsBefore else { return nil }
        if !hasModel { model = nil }
        return TokenEstimate(promptTokens: prompt.tokens, maximumOutputTokens: output.tokens)
    }

    private static func checkNumber(
        _ name: StaticString, _ value: JSONValue, _ range: ClosedRange<Double>, _ faults: inout RequestFaults
    ) {
        if let number = value.double, range.contains(number) { return }
        guard !value.isNull else { return }
        faults.add("\(name): must be a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))", at: value)
    }

    private static func checkCount(_ name: StaticString, _ value: JSONValue, _ faults: inout RequestFaults) {
        if let number = value.integer, number >= 1 { return }
        guard !value.isNull else { return }
        faults.add("\(name): must be a whole number of at least 1", at: value)
    }
}

/// How much a request lets the model write.
private struct OutputLimit {
    /// `max_completion_tokens` or `max_output_tokens`.
    var limit: Int64?
    /// `max_tokens`, which counts only where the others are absent.
    var deprecatedLimit: Int64?
    /// `n`
    var choices: Int64?

    var tokens: Int? {
        guard let limit = limit ?? deprecatedLimit else { return nil }
        let (product, overflow) = limit.multipliedReportingOverflow(by: max(1, choices ?? 1))
        return overflow ? .max : Int(clamping: product)
    }
}
