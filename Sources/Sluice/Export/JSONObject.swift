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

    /// Appends an object to a buffer, which is lent to it meanwhile and so is not copied.
    static func append(to target: inout [UInt8], _ fill: (inout JSONObject) -> Void) {
        var object = JSONObject(lent: ())
        swap(&object.bytes, &target)
        object.addBraces(around: fill)
        swap(&object.bytes, &target)
    }

    private init(lent: Void) { bytes = [] }

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
        append(value ? "true" : "false" as StaticString)
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
        addBraces(around: fill)
    }

    /// A list of objects.
    mutating func add<Element>(
        _ key: StaticString, _ elements: [Element], _ fill: (Element, inout JSONObject) -> Void
    ) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            addBraces { fill(element, &$0) }
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// An object of its own within this buffer.
    private mutating func addBraces(around fill: (inout JSONObject) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        fill(&self)
        isFirst = false
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func appendNull() { append("null") }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func begin(_ key: StaticString) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(UInt8(ascii: "\""))
        append(key)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }
}
