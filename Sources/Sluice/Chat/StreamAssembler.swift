import JSON

/// Puts the chunks of a streamed answer together into the document that would have come without streaming.
///
/// Everything is spliced as written: texts are joined by their written contents, so no character is re-encoded, and one
/// that is split over two escapes comes out whole. `id`, `created` and `model` are kept from the first chunk that has
/// them; any other member of a chunk from the last chunk where it is not null, so that a running `usage` is not summed.
/// Belongs to its caller's thread, as its parser does.
struct StreamAssembler {
    enum End: Sendable, Equatable {
        /// `[DONE]` or the last event of a response came, or every choice was finished.
        ///
        /// A stream says nowhere how many choices it will have. So without `[DONE]` a choice that had not begun is
        /// missed where a later one has, and not where it would have been the last.
        case complete
        case cutShort
        /// The stream itself told of an error; the document has it as its `error`.
        case failed
    }

    private let parser: JSONParser
    private var identity: [WrittenMember] = []
    private var others: [WrittenMember] = []
    private var choices: [StreamChoice] = []
    private var error: [UInt8]?
    /// The answer of a stream of `/v1/responses`.
    private var response = StreamedResponse()
    /// The stream has said that it is at its end.
    private(set) var isDone = false
    /// The chunks say of themselves that they are of `/v1/completions`.
    private var isTextCompletion = false
    /// There were more choices than are kept.
    private var hasLostChoices = false
    /// A chunk was not what it should be; nothing after it is read.
    private var isBroken = false

    /// More than the 128 choices that a request may ask for are taken for a broken stream.
    static let maximumChoices = 128

    init(parser: JSONParser) {
        self.parser = parser
    }

    /// Takes one event's name and data, and tells what they brought.
    @discardableResult
    mutating func add(name: ArraySlice<UInt8>, data: ArraySlice<UInt8>) -> Progress {
        guard !isDone, !isBroken, !data.isEmpty else { return [] }
        if data.prefix(6).spells("[DONE]") {
            isDone = true
            return .event
        }
        // After an error only the end is waited for.
        guard error == nil else { return [] }
        let isErrorEvent = name.spells("error")
        do {
            let chunk = try parser.parse(data)
            if isErrorEvent || chunk.isStreamError {
                error = (chunk["error"].flatMap { $0.isTruthy ? $0 : nil } ?? chunk).rawBytes
                return .event
            }
            if chunk.kind == .object { return add(chunk) }
            isBroken = true
        } catch {
            if isErrorEvent {
                var words: [UInt8] = []
                JSONText.appendString(String(decoding: data, as: UTF8.self), to: &words)
                self.error = words
                return .event
            }
            isBroken = true
        }
        return []
    }

    /// A limit was passed, or the stream is known not to go on.
    mutating func breakOff() {
        isBroken = true
    }

    private mutating func add(_ chunk: JSONValue) -> Progress {
        if StreamedResponse.covers(chunk) {
            let progress = response.add(chunk)
            isDone = response.whole != nil
            return progress
        }
        var progress: Progress = []
        for (key, value) in chunk.members {
            switch ChunkMember.names[key] {
            case .choices:
                for choice in value.elements { progress.formUnion(add(choice: choice)) }
            // Azure's first chunk has them empty.
            case .id, .created, .model: if value.isTruthy { identity.keepFirst(key, value) }
            case .object: isTextCompletion = isTextCompletion || value.isString("text_completion")
            case .obfuscation: break
            case .usage where value.kind == .object:
                others.keepLast(key, value)
                progress.insert(.event)
            case .usage, .error, .type, nil: if !value.isNull { others.keepLast(key, value) }
            }
        }
        return progress
    }

    private mutating func add(choice: JSONValue) -> Progress {
        let index = Int(choice["index"]?.integer ?? 0)
        if let position = choices.firstIndex(where: { $0.index == index }) {
            return choices[position].add(choice)
        }
        guard choices.count < Self.maximumChoices, index >= 0 else {
            isBroken = true
            hasLostChoices = true
            return []
        }
        var fresh = StreamChoice(index: index)
        let progress = fresh.add(choice)
        choices.append(fresh)
        return progress
    }

    private var end: End {
        if error != nil { return .failed }
        if hasLostChoices { return .cutShort }
        if isDone { return .complete }
        let isWhole = choices.allSatisfy { $0.isFinished && $0.index < choices.count }
        return !choices.isEmpty && isWhole ? .complete : .cutShort
    }

    /// The document, as far as it got, and how the stream ended.
    func finish() -> (document: [UInt8], end: End) {
        if error == nil, let whole = response.whole { return (whole, end) }
        var document: [UInt8] = []
        if response.hasBegun {
            response.appendOpenDocument(to: &document)
            close(&document)
            return (document, end)
        }
        document += "{".utf8
        document.appendMember("id", identity)
        let isText = isTextCompletion || choices.contains(where: \.isText)
        document += (isText ? #""object":"text_completion","# : #""object":"chat.completion","#).utf8
        document.appendMember("created", identity)
        document.appendMember("model", identity)
        document += #""choices":["#.utf8
        for (position, choice) in choices.sorted(by: { $0.index < $1.index }).enumerated() {
            if position > 0 { document += ",".utf8 }
            choice.append(to: &document, isText: isText)
        }
        document += "]".utf8
        for member in others {
            document += ",".utf8
            member.append(to: &document)
        }
        close(&document)
        return (document, end)
    }

    private func close(_ document: inout [UInt8]) {
        if let error {
            document += #","error":"#.utf8
            document += error
        }
        document += "}".utf8
    }
}

extension [UInt8] {
    /// Appends the member of that name, with a comma behind it, if there is one.
    fileprivate mutating func appendMember(_ name: String, _ members: [WrittenMember]) {
        guard let member = members.first(where: { $0.isNamed(name) }) else { return }
        member.append(to: &self)
        append(UInt8(ascii: ","))
    }
}

/// The members of a chunk that are told apart.
private enum ChunkMember: String, CaseIterable, Sendable {
    case choices, id, created, model, object, obfuscation, usage, error, type

    static let names = MemberNames<Self>()
}

extension JSONValue {
    /// A chunk that tells of an error: OpenAI's and Ollama's `error`, Anthropic's and Mistral's flat form. Of a key that is
    /// repeated the last one counts.
    fileprivate var isStreamError: Bool {
        var (hasError, isObject, isType) = (false, false, false)
        for (key, value) in members {
            switch ChunkMember.names[key] {
            case .error: hasError = value.isTruthy
            case .object: isObject = value.isString("error")
            case .type: isType = value.isString("error")
            case .choices, .id, .created, .model, .obfuscation, .usage, nil: break
            }
        }
        return hasError || isObject || isType
    }
}
