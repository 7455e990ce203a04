import JSON

extension ModelAnswer {
    /// How a stream is to be told.
    struct Telling {
        var pieces: Int
        var delivery: Delivery
        var shape: AnswerShape
        /// The request asks for usage at the end, or in each event.
        var includesUsage = false
        var includesUsageInEachEvent = false
        var fault: Fault?

        var usage: Delivery.Usage {
            if includesUsageInEachEvent, delivery.knowsContinuousUsage { return .eachEvent }
            return delivery.usage
        }
    }

    /// The answer as events. Chat: role, pieces of reasoning and content (of all choices in turn), finish reasons,
    /// usage, `[DONE]`.
    func events(_ telling: Telling) -> AnswerEvents {
        operation == .responses ? responseEvents(telling) : choiceEvents(telling)
    }

    /// What is told instead of the rest when an error ends a stream.
    func failureEvents(_ telling: Telling, error: ErrorBody, form: ErrorShape.Form) -> [StreamEvent] {
        if operation == .responses { return [responseFailure(error)] }
        var bytes: [UInt8] = []
        switch telling.delivery.failure {
        case .event, .eventAndDone:
            error.appendJSON(form, status: 500, to: &bytes)
            let event = StreamEvent(data: bytes)
            return telling.delivery.failure == .event ? [event] : [event, .done]
        case .text:
            bytes.append(literal: "{\"error\":")
            JSONText.appendString(error.message, to: &bytes)
            bytes.append(0x7D)
            return [StreamEvent(data: bytes)]
        case .finishReason:
            appendOpening(telling.shape, object: "chat.completion.chunk", to: &bytes)
            bytes.append(literal: "{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}],")
            var body: [UInt8] = []
            error.appendJSON(form, status: 502, to: &body)
            // The members of the error's object go on here.
            bytes.append(contentsOf: body.dropFirst())
            return [StreamEvent(data: bytes)]
        }
    }

    // MARK: Chat and text completions

    private func choiceEvents(_ telling: Telling) -> AnswerEvents {
        var events = AnswerEvents()
        let asksForUsage = telling.usage == .always || (telling.usage == .onRequest && telling.includesUsage)
        if telling.delivery.opensWithoutChoices {
            events.opening.append(event(telling, told: 0) { _ in })
        }
        if telling.fault == .emptyChoices {
            events.opening.append(event(telling, told: 0) { _ in })
        } else {
            appendChoices(telling, to: &events)
        }
        if asksForUsage, telling.fault != .emptyChoices { events.closing.append(usageEvent(telling)) }
        if telling.delivery.endsInDone { events.closing.append(.done) }
        return events
    }

    private func appendChoices(_ telling: Telling, to events: inout AnswerEvents) {
        let isChat = operation == .chat
        for index in choices.indices where isChat {
            events.opening.append(
                delta(telling, of: index, told: 0) { bytes in
                    bytes.append(literal: "{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}")
                })
        }
        var told = 0
        if isChat, let name = telling.shape.reasoning {
            appendPieces(telling, of: \.reasoning, told: &told, to: &events) { bytes, text in
                bytes.append(literal: "{\"")
                bytes.append(literal: name)
                bytes.append(literal: "\":\"")
                JSONText.appendEscaped(text, to: &bytes)
                bytes.append(literal: "\"},\"finish_reason\":null}")
            }
        } else {
            told = reasoningTokens
        }
        appendPieces(telling, of: \.content, told: &told, to: &events) { bytes, text in
            bytes.append(literal: isChat ? "{\"content\":\"" : "\"")
            JSONText.appendEscaped(text, to: &bytes)
            if telling.fault == .badUTF8 { bytes.append(0xFF) }
            bytes.append(literal: isChat ? "\"},\"finish_reason\":null}" : "\",\"finish_reason\":null}")
        }
        for index in choices.indices {
            let isLast = index == choices.count - 1
            events.closing.append(
                delta(telling, of: index, told: completionTokens, isFinish: isLast) { bytes in
                    bytes.append(literal: isChat ? "{},\"finish_reason\":\"" : "\"\",\"finish_reason\":\"")
                    bytes.append(literal: choices[index].finishReason)
                    bytes.append(literal: "\"")
                    bytes.append(literal: telling.shape.choiceMembers)
                    bytes.append(literal: "}")
                })
        }
    }

    /// Appends the pieces of a text, those of all choices in turn.
    private func appendPieces(
        _ telling: Telling, of text: KeyPath<Choice, [UInt8]>, told: inout Int, to events: inout AnswerEvents,
        write: (inout [UInt8], ArraySlice<UInt8>) -> Void
    ) {
        let cuts = choices.map { Self.cuts(of: $0[keyPath: text], pieces: telling.pieces) }
        let before = told
        var bytesTold = 0
        for piece in 0..<(cuts.map(\.count).max() ?? 0) {
            for index in choices.indices where piece < cuts[index].count {
                let cut = cuts[index][piece]
                bytesTold += cut.count
                told = min(completionTokens, before + ModelRequest.tokens(ofBytes: bytesTold))
                events.pieces.append(
                    delta(telling, of: index, told: told) { bytes in
                        write(&bytes, choices[index][keyPath: text][cut])
                    })
            }
        }
    }

    /// Cuts a content into at most so many pieces, none of which ends within a code point.
    static func cuts(of content: [UInt8], pieces: Int) -> [Range<Int>] {
        var cuts: [Range<Int>] = []
        var start = 0
        for piece in 1...max(pieces, 1) {
            let end = SimulatedAnswer.boundary(atOrBefore: content.count * piece / max(pieces, 1), in: content[...])
            if end > start {
                cuts.append(start..<end)
                start = end
            }
        }
        return cuts
    }

    /// `told`: the tokens of the answer up to and with this event.
    private func event(
        _ telling: Telling, told: Int, isFinish: Bool = false, choices: (inout [UInt8]) -> Void
    ) -> StreamEvent {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        appendOpening(
            telling.shape, object: operation == .chat ? "chat.completion.chunk" : "text_completion", to: &bytes)
        choices(&bytes)
        bytes.append(0x5D)
        switch telling.usage {
        case .eachEvent:
            bytes.append(literal: ",\"usage\":")
            appendUsage(telling.shape, completionTokens: told, to: &bytes)
        case .withFinish where isFinish:
            bytes.append(literal: ",\"usage\":")
            appendUsage(telling.shape, completionTokens: completionTokens, to: &bytes)
        case .onRequest where telling.includesUsage: bytes.append(literal: ",\"usage\":null")
        default: break
        }
        bytes.append(literal: "}")
        return StreamEvent(data: bytes)
    }

    private func delta(
        _ telling: Telling, of index: Int, told: Int, isFinish: Bool = false, rest: (inout [UInt8]) -> Void
    ) -> StreamEvent {
        event(telling, told: told, isFinish: isFinish) { bytes in
            bytes.append(literal: "{\"index\":")
            bytes.append(decimal: index)
            bytes.append(literal: operation == .chat ? ",\"delta\":" : ",\"logprobs\":null,\"text\":")
            rest(&bytes)
        }
    }

    private func usageEvent(_ telling: Telling) -> StreamEvent {
        var bytes: [UInt8] = []
        appendOpening(
            telling.shape, object: operation == .chat ? "chat.completion.chunk" : "text_completion", to: &bytes)
        bytes.append(literal: "],\"usage\":")
        appendUsage(telling.shape, completionTokens: completionTokens, to: &bytes)
        bytes.append(literal: "}")
        return StreamEvent(data: bytes)
    }
}
