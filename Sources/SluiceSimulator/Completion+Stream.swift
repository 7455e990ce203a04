import JSON

extension Completion {
    /// The answer as server-sent events, one element for each that may be sent on its own.
    ///
    /// Order: role, pieces of content (of all choices in turn), finish reasons, usage when asked for, `[DONE]`.
    func events(pieces: Int, includesUsage: Bool, fault: Fault?) -> [[UInt8]] {
        var events: [[UInt8]] = []
        if fault == .blankLines { events.append(Array(": keep-alive\n\n\n".utf8)) }
        if fault == .emptyChoices {
            events.append(event(includesUsage: includesUsage) { _ in })
            events.append(Self.done)
            return events
        }
        for index in choices.indices {
            events.append(
                delta(of: index, includesUsage: includesUsage) { bytes in
                    bytes.append(literal: "{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}")
                })
        }
        let cuts = choices.map { Self.cuts(of: $0.content, pieces: pieces) }
        let longest = cuts.map(\.count).max() ?? 0
        for piece in 0..<longest {
            if piece == (longest + 1) / 2 {
                switch fault {
                case .truncated, .cut: return events
                case .error200:
                    var error: [UInt8] = Array("data: ".utf8)
                    ErrorBody(status: 500).appendJSON(to: &error)
                    error.append(literal: "\n\n")
                    return events + [error, Self.done]
                default: break
                }
            }
            for index in choices.indices where piece < cuts[index].count {
                events.append(
                    delta(of: index, includesUsage: includesUsage) { bytes in
                        bytes.append(literal: "{\"content\":\"")
                        JSONText.appendEscaped(choices[index].content[cuts[index][piece]], to: &bytes)
                        if fault == .badUTF8 { bytes.append(0xFF) }
                        bytes.append(literal: "\"},\"finish_reason\":null}")
                    })
            }
        }
        for index in choices.indices {
            events.append(
                delta(of: index, includesUsage: includesUsage) { bytes in
                    bytes.append(literal: "{},\"finish_reason\":\"")
                    bytes.append(literal: choices[index].finishReason)
                    bytes.append(literal: "\"}")
                })
        }
        if includesUsage { events.append(usageEvent) }
        events.append(Self.done)
        return events
    }

    private static let done = Array("data: [DONE]\n\n".utf8)

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

    private func event(includesUsage: Bool, choices: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes.append(literal: "data: ")
        appendOpening(object: "chat.completion.chunk", to: &bytes)
        choices(&bytes)
        bytes.append(0x5D)
        if includesUsage { bytes.append(literal: ",\"usage\":null") }
        bytes.append(literal: "}\n\n")
        return bytes
    }

    private func delta(of index: Int, includesUsage: Bool, rest: (inout [UInt8]) -> Void) -> [UInt8] {
        event(includesUsage: includesUsage) { bytes in
            bytes.append(literal: "{\"index\":")
            bytes.append(decimal: index)
            bytes.append(literal: ",\"delta\":")
            rest(&bytes)
        }
    }

    private var usageEvent: [UInt8] {
        var bytes: [UInt8] = Array("data: ".utf8)
        appendOpening(object: "chat.completion.chunk", to: &bytes)
        bytes.append(literal: "],\"usage\":")
        appendUsage(to: &bytes)
        bytes.append(literal: "}\n\n")
        return bytes
    }
}
