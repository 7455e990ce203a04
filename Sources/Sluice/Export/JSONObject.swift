import JSON

/// Writes one JSON object, member by member, onto the end of a buffer.
struct JSONObject {
    private(set) var bytes: [UInt8]
    private var isFirst = true

    /// Starts the object behind what `bytes` holds already.
    init(onto bytes: consuming [UInt8] = []) {
        self.bytes = bytes
        self.bytes.append(UInt8(ascii: "{"))
    }

    /// The buffer with the object closed.
    consuming func closed() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    mutating func add(_ key: StaticString, _ value: String?) {
        begin(key)
        if let value { JSONText.appendString(value, to: &bytes) } else { appendNull() }
    }

    mutating func add(_ key: StaticString, utf8 value: [UInt8]?) {
        begin(key)
        if let value { JSONText.appendString(value, to: &bytes) } else { appendNull() }
    }

    mutating func add(_ key: StaticString, _ value: Int?) {
        begin(key)
        if let value { JSONText.append(value, to: &bytes) } else { appendNull() }
    }

    mutating func add(_ key: StaticString, _ value: Int64?) { add(key, value.map(Int.init)) }

    mutating func add(_ key: StaticString, _ value: Bool) {
        begin(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// A number with up to three decimals.
    mutating func add(_ key: StaticString, decimal value: Double?) {
        begin(key)
        guard let value, value.isFinite, value.magnitude < 1e15 else { return appendNull() }
        let thousandths = Int64((value * 1000).rounded())
        bytes.append(contentsOf: "\(Double(thousandths) / 1000)".utf8)
    }

    /// Dollars as a number in plain decimal text.
    mutating func add(_ key: StaticString, _ value: Money?) {
        begin(key)
        if let value { bytes.append(contentsOf: value.description.utf8) } else { appendNull() }
    }

    /// JSON text as it is, kept to one line: a line break in valid JSON is white space between its tokens.
    mutating func add(_ key: StaticString, json value: [UInt8]) {
        begin(key)
        bytes.append(contentsOf: value.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
    }

    mutating func addNull(_ key: StaticString) {
        begin(key)
        appendNull()
    }

    mutating func add(_ key: StaticString, _ fill: (inout JSONObject) -> Void) {
        begin(key)
        var inner = JSONObject(onto: bytes)
        bytes = []
        fill(&inner)
        bytes = inner.closed()
    }

    /// A list of objects.
    mutating func add<Element>(
        _ key: StaticString, _ elements: [Element], _ fill: (Element, inout JSONObject) -> Void
    ) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            var inner = JSONObject(onto: bytes)
            bytes = []
            fill(element, &inner)
            bytes = inner.closed()
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func appendNull() { bytes.append(contentsOf: "null".utf8) }

    private mutating func begin(_ key: StaticString) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\":".utf8)
    }
}
