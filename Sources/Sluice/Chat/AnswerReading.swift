import JSON

/// What a whole answer says about how it ended.
struct AnswerReading {
    enum End: Equatable {
        case settled(ResultClass)
        case unusable(RetryCause.Unusable)
    }

    var end: End
    /// As written by the provider, from the choice that decided the class.
    var finishReason: String?
    /// An `ok` answer with no text, no tool call and no audio.
    var textIsEmpty = false
    /// The provider's error, where it stands inside a choice or an output.
    var error: JSONValue?

    /// Reads a document that holds no error at its top level.
    ///
    /// - Parameters:
    ///   - members: the document's own.
    ///   - secrets: removed from the finish reason.
    init(_ root: JSONValue, _ members: AnswerMembers, kind: AnswerKind, secrets: [[UInt8]] = []) {
        switch kind {
        case .chat, .completion: self.init(choices: members.choices, secrets)
        case .response: self.init(response: members, secrets)
        case .data: self.init(list: members.data)
        case .results: self.init(list: members.results)
        case .other: self.init(end: root.kind == .object ? .settled(.ok) : .unusable(.noAnswer))
        }
    }

    private init(end: End) {
        self.end = end
    }

    private init(list: JSONValue?) {
        end = list?.kind == .array && list?.count != 0 ? .settled(.ok) : .unusable(.noAnswer)
    }

    /// Several choices make one class, the worst: filtered, refused, truncated, ok. One choice that a fault of the
    /// server ended makes the whole answer unusable.
    private init(choices: JSONValue?, _ secrets: [[UInt8]]) {
        guard let choices, choices.kind == .array, choices.count > 0 else {
            end = .unusable(.noAnswer)
            return
        }
        end = .settled(.ok)
        var isFirst = true
        for choice in choices.elements {
            let reading = AnswerReading(choice: choice, secrets)
            if isFirst || Self.rank(reading.end) > Self.rank(end) {
                end = reading.end
                finishReason = reading.finishReason
                error = reading.error
            }
            textIsEmpty = textIsEmpty || reading.textIsEmpty
            isFirst = false
        }
    }

    private static func rank(_ end: End) -> Int {
        switch end {
        case .unusable: 5
        case .settled(.filtered): 4
        case .settled(.refused): 3
        case .settled(.truncated): 2
        case .settled: 1
        }
    }

    private enum ChoiceMember: String, CaseIterable, Sendable {
        case message, text, error
        case finishReason = "finish_reason"

        static let names = MemberNames<Self>()
    }

    private enum MessageMember: String, CaseIterable, Sendable {
        case content, refusal

        static let names = MemberNames<Self>()
    }

    private init(choice: JSONValue, _ secrets: [[UInt8]]) {
        var (message, text, fault, reason) = (JSONValue?.none, JSONValue?.none, JSONValue?.none, JSONValue?.none)
        ChoiceMember.names.forEach(in: choice) { name, value in
            switch name {
            case .message: message = value
            case .text: text = value
            case .error: fault = value
            case .finishReason: reason = value
            }
        }
        var (content, refusal) = (JSONValue?.none, JSONValue?.none)
        if let message {
            MessageMember.names.forEach(in: message) { name, value in
                switch name {
                case .content: content = value
                case .refusal: refusal = value
                }
            }
        }
        if reason?.isFilledString == false { reason = nil }
        let hasText = MessageContent.hasText(content) || text?.isVisibleString == true
        // Looked for only where it counts: nearly every answer has text.
        let hasCall = !hasText && message.map(Self.hasCall) ?? false
        finishReason = reason?.shortText(redacting: secrets)
        let meaning = FinishReason(reason)
        if let fault, fault.isTruthy {
            end = .unusable(.error)
            error = fault
        } else if meaning == .filtered {
            end = .settled(.filtered)
        } else if meaning == .fault {
            end = .unusable(.unfinished)
        } else if meaning == .refused || refusal?.isFilledString == true || MessageContent.hasRefusal(content) {
            end = .settled(.refused)
        } else if meaning == .unknown, !hasText, !hasCall {
            end = .unusable(.unfinished)
        } else if message == nil, text == nil {
            end = .unusable(.noAnswer)
        } else {
            end = .settled(meaning == .truncated ? .truncated : .ok)
        }
        textIsEmpty = end == .settled(.ok) && !hasText && !hasCall
    }

    /// A tool call, or sound or pictures in place of text.
    private static func hasCall(_ message: JSONValue) -> Bool {
        ["tool_calls", "function_call", "audio", "images"].contains { (message[$0]?.count ?? 0) > 0 }
    }

    /// An answer of `/v1/responses`; its status is kept as the finish reason, or why it is incomplete. Without a status
    /// a list of output has to be there.
    private init(response members: AnswerMembers, _ secrets: [[UInt8]]) {
        let status = members.status.flatMap { $0.kind == .string ? $0 : nil }
        guard status != nil || members.output?.kind == .array else {
            end = .unusable(.noAnswer)
            return
        }
        finishReason = status?.shortText(redacting: secrets)
        if status?.isString("completed") != false {
            let refused = members.output?.elements.contains { MessageContent.hasRefusal($0["content"]) } ?? false
            end = .settled(refused ? .refused : .ok)
            textIsEmpty = !refused && !(members.output?.elements.contains(where: Self.hasSubstance) ?? false)
        } else if status?.isString("incomplete") == true {
            let reason = members.incompleteDetails?["reason"]
            finishReason = reason?.shortText(redacting: secrets) ?? finishReason
            end = reason?.isString("content_filter") == true ? .settled(.filtered) : .settled(.truncated)
        } else {
            // failed, cancelled; queued and in_progress belong to background answers, which nobody will fetch.
            end = .unusable(.unfinished)
        }
    }

    /// Text, or anything else than thoughts: a call, a picture.
    private static func hasSubstance(_ item: JSONValue) -> Bool {
        guard let type = item["type"], !type.isString("reasoning") else { return false }
        return type.isString("message") ? MessageContent.hasText(item["content"]) : true
    }
}
