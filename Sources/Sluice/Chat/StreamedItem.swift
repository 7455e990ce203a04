import JSON

/// One item of a streamed answer of `/v1/responses`, growing by its deltas.
struct StreamedItem {
    /// The text that a delta belongs to.
    enum Place {
        case text, refusal, reasoning, summary, arguments, input
    }

    private struct Part {
        let place: Place
        let index: Int64
        /// As written, without quotes.
        var contents: [UInt8] = []
    }

    let index: Int64
    private let type: String
    /// The item as written, once it is finished.
    private var whole: [UInt8]?
    /// Its members as it began.
    private var members: [WrittenMember] = []
    private var parts: [Part] = []

    /// - Parameter type: what the item is where nothing says so.
    init(index: Int64, type: String) {
        self.index = index
        self.type = type
    }

    mutating func take(_ item: JSONValue, isDone: Bool) {
        if isDone {
            whole = item.rawBytes
            parts = []
        } else {
            for (key, value) in item.members { members.keepFirst(key, value) }
        }
    }

    /// - Parameter position: the index of the part within the item, zero where there is none.
    mutating func append(_ delta: JSONValue, to place: Place, at position: JSONValue?) {
        guard whole == nil else { return }
        let index = position?.integer ?? 0
        if let part = parts.firstIndex(where: { $0.place == place && $0.index == index }) {
            delta.appendWrittenContents(to: &parts[part].contents)
        } else if parts.count < StreamAssembler.maximumChoices {
            var part = Part(place: place, index: index)
            delta.appendWrittenContents(to: &part.contents)
            parts.append(part)
        }
    }

    func append(to target: inout [UInt8]) {
        if let whole {
            target += whole
            return
        }
        target += "{".utf8
        if !members.contains(where: { $0.isNamed("type") }) {
            target += #""type":""#.utf8
            target += type.utf8
            target += #"","#.utf8
        }
        for member in members where !isReplaced(member) {
            member.append(to: &target)
            target += ",".utf8
        }
        appendText("arguments", .arguments, to: &target)
        appendText("input", .input, to: &target)
        appendParts("summary", [.summary], to: &target)
        appendParts("content", [.text, .refusal, .reasoning], to: &target)
        // Every member before has a comma behind it.
        target.removeLast()
        target += "}".utf8
    }

    private func isReplaced(_ member: WrittenMember) -> Bool {
        parts.contains { part in
            switch part.place {
            case .arguments: member.isNamed("arguments")
            case .input: member.isNamed("input")
            case .summary: member.isNamed("summary")
            case .text, .refusal, .reasoning: member.isNamed("content")
            }
        }
    }

    private func appendText(_ name: String, _ place: Place, to target: inout [UInt8]) {
        guard let part = parts.first(where: { $0.place == place }) else { return }
        target += "\"".utf8
        target += name.utf8
        target += "\":\"".utf8
        target += part.contents
        target += "\",".utf8
    }

    private func appendParts(_ name: String, _ places: [Place], to target: inout [UInt8]) {
        let parts = parts.filter { places.contains($0.place) }.sorted { $0.index < $1.index }
        guard !parts.isEmpty else { return }
        target += "\"".utf8
        target += name.utf8
        target += "\":[".utf8
        for (position, part) in parts.enumerated() {
            if position > 0 { target += ",".utf8 }
            switch part.place {
            case .refusal: target += #"{"type":"refusal","refusal":""#.utf8
            case .reasoning: target += #"{"type":"reasoning_text","text":""#.utf8
            case .summary: target += #"{"type":"summary_text","text":""#.utf8
            case .text, .arguments, .input: target += #"{"type":"output_text","text":""#.utf8
            }
            target += part.contents
            target += "\"}".utf8
        }
        target += "],".utf8
    }
}
