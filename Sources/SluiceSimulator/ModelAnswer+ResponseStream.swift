import JSON

/// The events of `/v1/responses`: each has a name, a type and a number, and none is `[DONE]`.
extension ModelAnswer {
    func responseEvents(_ telling: Telling) -> AnswerEvents {
        var events = AnswerEvents()
        var number = 0
        func event(_ type: StaticString, _ members: (inout [UInt8]) -> Void) -> StreamEvent {
            var bytes: [UInt8] = []
            bytes.append(literal: "{\"type\":\"")
            bytes.append(literal: type)
            bytes.append(literal: "\",\"sequence_number\":")
            bytes.append(decimal: number)
            members(&bytes)
            bytes.append(0x7D)
            number += 1
            return StreamEvent(name: type, data: bytes)
        }
        func response(_ type: StaticString, _ progress: Progress) -> StreamEvent {
            event(type) { bytes in
                bytes.append(literal: ",\"response\":")
                appendResponse(progress, fault: telling.fault, to: &bytes)
            }
        }
        events.opening.append(response("response.created", .created))
        events.opening.append(response("response.in_progress", .created))
        if telling.fault != .emptyChoices, let choice = choices.first {
            var place = Array(",\"item_id\":\"msg_".utf8)
            place.append(hexadecimal: identifier)
            place.append(text: "\",\"output_index\":\(reasoningTokens > 0 ? 1 : 0),\"content_index\":0")
            let item = Choice(content: [], isCut: false)
            events.opening.append(
                event("response.output_item.added") { bytes in
                    bytes.append(literal: ",\"output_index\":")
                    bytes.append(decimal: reasoningTokens > 0 ? 1 : 0)
                    bytes.append(literal: ",\"item\":")
                    appendMessage(item, fault: nil, to: &bytes)
                })
            for cut in Self.cuts(of: choice.content, pieces: telling.pieces) {
                events.pieces.append(
                    event("response.output_text.delta") { bytes in
                        bytes.append(contentsOf: place)
                        bytes.append(literal: ",\"delta\":\"")
                        JSONText.appendEscaped(choice.content[cut], to: &bytes)
                        if telling.fault == .badUTF8 { bytes.append(0xFF) }
                        bytes.append(literal: "\"")
                    })
            }
            events.closing.append(
                event("response.output_text.done") { bytes in
                    bytes.append(contentsOf: place)
                    bytes.append(literal: ",\"text\":")
                    JSONText.appendString(choice.content, to: &bytes)
                })
            events.closing.append(
                event("response.output_item.done") { bytes in
                    bytes.append(literal: ",\"output_index\":")
                    bytes.append(decimal: reasoningTokens > 0 ? 1 : 0)
                    bytes.append(literal: ",\"item\":")
                    appendMessage(choice, fault: telling.fault, to: &bytes)
                })
        }
        events.closing.append(response(isCut ? "response.incomplete" : "response.completed", .done))
        return events
    }

    func responseFailure(_ error: ErrorBody) -> StreamEvent {
        var bytes: [UInt8] = []
        bytes.append(literal: "{\"type\":\"error\",\"code\":")
        JSONText.appendString(error.code ?? "server_error", to: &bytes)
        bytes.append(literal: ",\"message\":")
        JSONText.appendString(error.message, to: &bytes)
        bytes.append(literal: ",\"param\":null,\"sequence_number\":99}")
        return StreamEvent(name: "error", data: bytes)
    }
}
