import JSON

/// A line of OpenAI's batch input: `custom_id`, `method`, `url`, `body`. Unknown keys beside them are let be.
struct BatchLine {
    private let line: JSONValue
    private(set) var customID: String?
    private(set) var url: String?
    private(set) var body: JSONValue?

    /// Whether a row looks like a batch line: its `body` is an object, and it has one of the other three keys.
    ///
    /// - Parameter strictly: asks for a `method` and for a `url` that is a path, where the row could as well be meant
    ///   for a template: data sets have columns called `url` and `body`.
    static func matches(_ row: JSONValue, strictly: Bool) -> Bool {
        guard row["body"]?.kind == .object else { return false }
        if strictly {
            return row["method"]?.kind == .string && row["url"]?.string?.hasPrefix("/") == true
        }
        return row["custom_id"] != nil || row["url"] != nil || row["method"] != nil
    }

    /// Reads the line and reports what is wrong around its body.
    init(_ line: JSONValue, _ problems: inout [RowProblem]) {
        self.line = line
        func report(_ reason: String, _ value: JSONValue?) {
            problems.append(RowProblem(column: (value ?? line).range.lowerBound + 1, reason: reason))
        }
        if let id = line["custom_id"] {
            if id.kind == .string {
                customID = RowID.member(of: line, &problems)
            } else {
                report("custom_id: must be text", id)
            }
        } else {
            report("custom_id: is missing from this batch line", nil)
        }
        if line["method"]?.isString("POST") != true {
            report("method: must be POST", line["method"])
        }
        if let url = line["url"]?.string, APIRoute(path: url) != .other {
            self.url = url
        } else {
            report("url: must be one of \(APIRoute.known.joined(separator: ", "))", line["url"])
        }
        body = line["body"]
    }

    /// Everything but the body, as one JSON object.
    var input: [UInt8] {
        var object: [UInt8] = [UInt8(ascii: "{")]
        for (key, value) in line.members where !key.isString("body") {
            if object.count > 1 { object.append(UInt8(ascii: ",")) }
            key.appendRaw(to: &object)
            object.append(UInt8(ascii: ":"))
            value.appendRaw(to: &object)
        }
        object.append(UInt8(ascii: "}"))
        return object
    }
}
