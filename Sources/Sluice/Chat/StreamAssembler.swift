import JSON

/// Puts the chunks of a streamed answer together into the document that would have come without streaming.
///
/// Everything is spliced as written: texts are joined by their written contents, so no character is re-encoded, and one
/// that is split over two escapes comes out whole. `id`, `created` and `model` are kept from the first chunk that has
/// them; any other member of a chunk from the last chunk where it is not null, so that a running `usage` is not summed.
/// Belongs to its caller's thread, as its parser does.
struct StreamAssembler {
    enum End: Equatable {
        /// `[DONE]` came, or every choice that had begun was finished.
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
    /// The whole answer, where the last event of the stream carries it (`/v1/responses`).
    private var response: [UInt8]?
    private var isDone = false
    /// A chunk was not what it should be; nothing after it is read.
    private var isBroken = false

    /// More than the 128 choices that a request may ask for are taken for a broken stream.
    static let maximumChoices = 128

    init(parser: JSONParser) {
        self.parser = parser
    }

    /// Takes one event's name and data.
    mutating func add(name: ArraySlice<UInt8>, data: ArraySlice<UInt8>) {
        guard !isDone, !isBroken, !data.isEmpty else { return }
        if data.starts(with: "[DONE]".utf8) {
            isDone = true
            return
        }
        // After an error only the end is waited for.
        guard error == nil else { return }
        let isErrorEvent = name.elementsEqual("error".utf8)
        do {
            let chunk = try parser.parse(data)
            if isErrorEvent || chunk.isStreamError {
                error = (chunk["error"].flatMap { $0.isTruthy ? $0 : nil } ?? chunk).rawBytes
            } else if chunk.kind == .object {
                add(chunk)
            } else {
                isBroken = true
            }
        } catch {
            if isErrorEvent {
                var words: [UInt8] = []
                JSONText.appendString(String(decoding: data, as: UTF8.self), to: &words)
                self.error = words
            } else {
                isBroken = true
            }
        }
    }

    /// A limit was passed, or the stream is known not to go on.
    mutating func breakOff() {
        isBroken = true
    }

    private mutating func add(_ chunk: JSONValue) {
        if let type = chunk["type"], type.kind == .string, let whole = chunk["response"], whole.kind == .object {
            let isLast = ["response.completed", "response.incomplete", "response.failed"].contains(where: type.isString)
            if isLast {
                response = whole.rawBytes
                isDone = true
            }
            return
        }
        for (key, value) in chunk.members {
            if key.isString("choices") {
                for choice in value.elements { add(choice: choice) }
            } else if key.isString("id") || key.isString("created") || key.isString("model") {
                // Azure's first chunk has them empty.
                if value.isTruthy { identity.keepFirst(key, value) }
            } else if !key.isString("object"), !key.isString("obfuscation"), !value.isNull {
                others.keepLast(key, value)
            }
        }
    }

    private mutating func add(choice: JSONValue) {
        let index = Int(choice["index"]?.integer ?? 0)
        if let position = choices.firstIndex(where: { $0.index == index }) {
            choices[position].add(choice)
        } else if choices.count < Self.maximumChoices, index >= 0 {
            var fresh = StreamChoice(index: index)
            fresh.add(choice)
            choices.append(fresh)
        } else {
            isBroken = true
        }
    }

    private var end: End {
        if error != nil { return .failed }
        if isDone { return .complete }
        return !choices.isEmpty && choices.allSatisfy(\.isFinished) ? .complete : .cutShort
    }

    /// The document, as far as it got, and how the stream ended.
    func finish() -> (document: [UInt8], end: End) {
        if let response { return (response, end) }
        var document = Array("{".utf8)
        document.appendMember("id", identity)
        let isText = choices.contains(where: \.isText)
        document += (isText ? #""object":"text_completion","# : #""object":"chat.completion","#).utf8
        document.appendMember("created", identity)
        document.appendMember("model", identity)
        document += #""choices":["#.utf8
        for (position, choice) in choices.sorted(by: { $0.index < $1.index }).enumerated() {
            if position > 0 { document += ",".utf8 }
            choice.append(to: &document)
        }
        document += "]".utf8
        for member in others {
            document += ",".utf8
            member.append(to: &document)
        }
        if let error {
            document += #","error":"#.utf8
            document += error
        }
        document += "}".utf8
        return (document, end)
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

extension JSONValue {
    /// A chunk that tells of an error: OpenAI's and Ollama's `error`, Anthropic's and Mistral's flat form.
    fileprivate var isStreamError: Bool {
        self["error"]?.isTruthy == true || self["object"]?.isString("error") == true
            || self["type"]?.isString("error") == true
    }
}
