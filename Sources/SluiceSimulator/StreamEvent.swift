/// A server-sent event.
struct StreamEvent {
    var name: StaticString?
    var data: [UInt8]

    static let done = StreamEvent(data: Array("[DONE]".utf8))

    /// The event as it is sent.
    func bytes(_ delivery: Delivery) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 16)
        let end = delivery.lineEnd.bytes
        let field: StaticString = delivery.omitsSpace ? "data:" : "data: "
        if let name {
            bytes.append(literal: "event: ")
            bytes.append(literal: name)
            bytes.append(literal: end)
        }
        if delivery.splitsData {
            for line in Self.lines(of: data) {
                bytes.append(literal: field)
                bytes.append(contentsOf: line)
                bytes.append(literal: end)
            }
        } else {
            bytes.append(literal: field)
            bytes.append(contentsOf: data)
            bytes.append(literal: end)
        }
        bytes.append(literal: end)
        return bytes
    }

    static func comment(_ text: String, _ delivery: Delivery) -> [UInt8] {
        var bytes: [UInt8] = [0x3A]
        bytes.append(text: text)
        bytes.append(literal: delivery.lineEnd.bytes)
        bytes.append(literal: delivery.lineEnd.bytes)
        return bytes
    }

    /// Cuts JSON behind each comma of the outermost object: line feeds may stand there.
    private static func lines(of json: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var depth = 0
        var isText = false
        var isEscaped = false
        for (offset, byte) in json.enumerated() {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 1:
                lines.append(json[start...offset])
                start = offset + 1
            default: break
            }
        }
        lines.append(json[start...])
        return lines
    }
}
