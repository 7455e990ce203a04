import JSON

/// A row's own `custom_id`, and what any `custom_id` must be.
enum RowID {
    static let maximumLength = 512

    /// Why a text cannot be a `custom_id`; nil when it can.
    static func fault(of text: [UInt8]) -> String? {
        if text.isEmpty { return "is empty; every row needs an id of its own, or none" }
        if text.count > maximumLength { return "has \(text.count) bytes; at most \(maximumLength) are allowed" }
        var previous: UInt8 = 0
        for byte in text {
            // C0, DEL, and C1 as UTF-8 writes it.
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return "has a control character" }
            previous = byte
        }
        return nil
    }

    /// The member `custom_id` of a JSON row; nil where there is none. An integer counts as its text.
    static func member(of row: JSONValue, _ problems: inout [RowProblem]) -> String? {
        guard let member = row["custom_id"], !member.isNull else { return nil }
        var text: [UInt8] = []
        if !member.appendString(to: &text) {
            guard member.integer != nil else {
                problems.append(
                    RowProblem(column: member.range.lowerBound + 1, reason: "custom_id: must be text or a whole number")
                )
                return nil
            }
            member.appendRaw(to: &text)
        }
        if let reason = fault(of: text) {
            problems.append(RowProblem(column: member.range.lowerBound + 1, reason: "custom_id: \(reason)"))
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The column `custom_id` of a CSV row; nil where there is none or it is empty.
    static func field(of row: CSVFields, _ problems: inout [RowProblem]) -> String? {
        guard let column = row.header.position(of: "custom_id"), !row.isEmpty(column) else { return nil }
        let text = row.withField(column) { [UInt8]($0) }
        if let reason = fault(of: text) {
            problems.append(RowProblem(reason: "custom_id: \(reason)"))
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }
}
