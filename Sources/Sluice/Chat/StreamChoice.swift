import JSON

/// One choice of a streamed answer, growing by its deltas.
struct StreamChoice {
    let index: Int
    private var role: [UInt8]?
    /// The written contents of each text; nil until it was a string once.
    private var content: [UInt8]?
    private var refusal: [UInt8]?
    private var reasoningContent: [UInt8]?
    private var reasoning: [UInt8]?
    /// The text of a choice of `/v1/completions`, which has no message.
    private var text: [UInt8]?
    private var toolCalls: [StreamToolCall] = []
    private var functionCall: StreamToolCall?
    private var audio: StreamAudio?
    private var logprobs: [WrittenMember] = []
    private var finishReason: [UInt8]?
    /// Members of the delta that no rule covers: lists grow, other values replace each other.
    private var messageLists: [WrittenMember] = []
    private var messageOthers: [WrittenMember] = []
    private var others: [WrittenMember] = []

    var isFinished: Bool { finishReason != nil }
    var isText: Bool { text != nil }

    init(index: Int) {
        self.index = index
    }

    /// Takes one chunk's part of the choice, and tells what it brought.
    mutating func add(_ choice: JSONValue) -> Progress {
        var progress: Progress = []
        for (key, value) in choice.members where !value.isNull {
            switch Member.names[key] {
            case .delta, .message: progress.formUnion(add(delta: value))
            case .finishReason:
                guard value.isFilledString else { continue }
                finishReason = value.rawBytes
                progress.insert(.event)
            case .text: progress.formUnion(value.append(to: &text) ? [.event, .text] : [])
            case .logprobs:
                for (key, value) in value.members where value.kind == .array {
                    logprobs.appendElements(key, value)
                    if value.count > 0 { progress.insert(.event) }
                }
            case .index: break
            case nil: others.keepLast(key, value)
            }
        }
        return progress
    }

    private mutating func add(delta: JSONValue) -> Progress {
        var progress: Progress = []
        for (key, value) in delta.members where !value.isNull {
            progress.formUnion(add(key, value))
        }
        return progress
    }

    /// Takes one member of a delta that is not null. A member of a known name and an unheard-of kind is dropped.
    private mutating func add(_ key: JSONValue, _ value: JSONValue) -> Progress {
        switch DeltaMember.names[key] {
        case .content:
            if value.kind == .string { return value.append(to: &content) ? [.event, .text] : [] }
            return value.elements.reduce(into: []) { $0.formUnion(add(part: $1)) }
        case .refusal: return value.append(to: &refusal) ? [.event, .text] : []
        case .reasoningContent: return value.append(to: &reasoningContent) ? .event : []
        case .reasoning: return value.append(to: &reasoning) ? .event : []
        case .role:
            if value.isFilledString, role == nil { role = value.rawBytes }
            return []
        case .toolCalls:
            for call in value.elements { add(toolCall: call) }
        case .functionCall:
            if functionCall == nil { functionCall = StreamToolCall(index: 0) }
            functionCall?.add(function: value)
        case .audio:
            if audio == nil { audio = StreamAudio() }
            return audio?.add(value) == true ? .event : []
        case nil where value.kind == .array: messageLists.appendElements(key, value)
        case nil: messageOthers.keepLast(key, value)
        }
        return value.count > 0 || value.isFilledString ? .event : []
    }

    /// Takes a part of a content that is a list: Mistral streams thoughts so, each a list of texts.
    private mutating func add(part: JSONValue) -> Progress {
        if let thoughts = part["thinking"] {
            return thoughts.elements.reduce(into: []) { progress, thought in
                if thought["text"]?.append(to: &reasoningContent) == true { progress = .event }
            }
        }
        return part["text"]?.append(to: &content) == true ? [.event, .text] : []
    }

    /// A fragment belongs to the call of its `index`. Without one, a new `id` begins a call and anything else goes on
    /// with the last.
    private mutating func add(toolCall: JSONValue) {
        var position = toolCall["index"]?.integer.flatMap { index in
            toolCalls.firstIndex { $0.index == Int(index) }
        }
        if position == nil, toolCall["index"]?.integer == nil, !toolCalls.isEmpty {
            let identifier = toolCall["id"].flatMap { $0.isFilledString ? $0.rawBytes : nil }
            position =
                identifier.map { identifier in toolCalls.firstIndex { $0.identifier == identifier } }
                ?? toolCalls.count - 1
        }
        if let position {
            toolCalls[position].add(toolCall)
        } else if toolCalls.count < StreamAssembler.maximumChoices {
            var call = StreamToolCall(index: toolCall["index"]?.integer.map(Int.init) ?? toolCalls.count)
            call.add(toolCall)
            toolCalls.append(call)
        }
    }

    /// Appends the choice as an answer without streaming has it.
    ///
    /// - Parameter isText: it is an answer of `/v1/completions`, which has a text in place of a message.
    func append(to target: inout [UInt8], isText: Bool) {
        target += #"{"index":"#.utf8
        JSONText.append(index, to: &target)
        if isText {
            target += #","text":""#.utf8
            target += text ?? []
            target += "\"".utf8
        } else {
            appendMessage(to: &target)
        }
        if !logprobs.isEmpty {
            target += #","logprobs":"#.utf8
            target.appendLists(logprobs)
        }
        for member in others {
            target += ",".utf8
            member.append(to: &target)
        }
        target += #","finish_reason":"#.utf8
        target += finishReason ?? Array("null".utf8)
        target += "}".utf8
    }

    private func appendMessage(to target: inout [UInt8]) {
        target += #","message":{"role":"#.utf8
        target += role ?? Array(#""assistant""#.utf8)
        target += #","content":"#.utf8
        let onlyCalls = content?.isEmpty != false && (!toolCalls.isEmpty || functionCall != nil)
        if let content, !onlyCalls {
            target += "\"".utf8
            target += content
            target += "\"".utf8
        } else {
            target += "null".utf8
        }
        target.appendText("refusal", refusal)
        target.appendText("reasoning_content", reasoningContent)
        target.appendText("reasoning", reasoning)
        if !toolCalls.isEmpty {
            target += #","tool_calls":["#.utf8
            for (position, call) in toolCalls.sorted(by: { $0.index < $1.index }).enumerated() {
                if position > 0 { target += ",".utf8 }
                call.append(to: &target)
            }
            target += "]".utf8
        }
        if let functionCall {
            target += #","function_call":"#.utf8
            functionCall.appendFunction(to: &target)
        }
        if let audio {
            target += #","audio":"#.utf8
            audio.append(to: &target)
        }
        for member in messageLists {
            target += ",".utf8
            target += member.key
            target += ":[".utf8
            target += member.value
            target += "]".utf8
        }
        for member in messageOthers {
            target += ",".utf8
            member.append(to: &target)
        }
        target += "}".utf8
    }
}

/// The members of a chunk's part of a choice that are told apart.
private enum Member: String, CaseIterable, Sendable {
    case delta, message, text, logprobs, index
    case finishReason = "finish_reason"

    static let names = MemberNames<Self>()
}

/// The members of a delta that rules cover.
private enum DeltaMember: String, CaseIterable, Sendable {
    case content, refusal, reasoning, role, audio
    case reasoningContent = "reasoning_content"
    case toolCalls = "tool_calls"
    case functionCall = "function_call"

    static let names = MemberNames<Self>()
}

extension JSONValue {
    /// Appends a string's written contents, beginning the text where there was none yet; whether there were any. Of
    /// other kinds nothing.
    fileprivate func append(to target: inout [UInt8]?) -> Bool {
        guard kind == .string else { return false }
        if target == nil { target = [] }
        withRawBytes { target?.append(contentsOf: $0.dropFirst().dropLast()) }
        return isFilledString
    }
}

extension [UInt8] {
    /// Appends a member with a text, given as written, unless there is none.
    fileprivate mutating func appendText(_ name: String, _ contents: [UInt8]?) {
        guard let contents, !contents.isEmpty else { return }
        self += ",\"".utf8
        self += name.utf8
        self += "\":\"".utf8
        self += contents
        self += "\"".utf8
    }

    /// Appends an object whose members are lists, given without their brackets.
    fileprivate mutating func appendLists(_ lists: [WrittenMember]) {
        self += "{".utf8
        for (position, list) in lists.enumerated() {
            if position > 0 { self += ",".utf8 }
            self += list.key
            self += ":[".utf8
            self += list.value
            self += "]".utf8
        }
        self += "}".utf8
    }
}
