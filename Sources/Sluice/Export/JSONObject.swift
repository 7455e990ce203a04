import JSON

/// Writes one JSON object, member by member, onto the end of a buffer.
struct JSONObject: ~Copyable {
    private var text: TextBuffer
    private var isFirst = true

    /// Starts the object behind what `bytes` holds already.
    init(onto bytes: [UInt8] = []) {
        text = TextBuffer(capacity: bytes.count + 512)
        text.append(bytes)
        text.append(UInt8(ascii: "{"))
    }

    /// Appends an object to a buffer, which is lent to it meanwhile and so is not copied.
    static func append(to target: inout TextBuffer, _ fill: (inout JSONObject) -> Void) {
        var object = JSONObject(taking: target)
        object.addBraces(around: fill)
        target = object.givenBack()
    }

    private init(taking text: consuming TextBuffer) { self.text = text }

    private consuming func givenBack() -> TextBuffer { text }

    /// The buffer with the object closed.
    consuming func closed() -> [UInt8] {
        text.append(UInt8(ascii: "}"))
        return text.bytes
    }

    mutating func add(_ key: StaticString, _ value: String?) {
        begin(key)
        if let value { text.appendString(value) } else { appendNull() }
    }

    /// A value that `write` puts behind what is there; null where it puts nothing and says so by false.
    mutating func add(_ key: StaticString, written write: (inout TextBuffer) -> Bool) {
        begin(key)
        if !write(&text) { appendNull() }
    }

    mutating func add(_ key: StaticString, _ value: Int?) {
        begin(key)
        if let value { text.append(number: value) } else { appendNull() }
    }

    mutating func add(_ key: StaticString, _ value: Int64?) { add(key, value.map(Int.init)) }

    mutating func add(_ key: StaticString, _ value: Bool) {
        begin(key)
        text.append(value ? "true" : "false" as StaticString)
    }

    /// A number with up to three decimals.
    mutating func add(_ key: StaticString, decimal value: Double?) {
        begin(key)
        guard let value, value.isFinite, value.magnitude < 1e15 else { return appendNull() }
        let thousandths = Int64((value * 1000).rounded())
        text.append("\(Double(thousandths) / 1000)" as String)
    }

    /// Dollars as a number in plain decimal text.
    mutating func add(_ key: StaticString, _ value: Money?) {
        begin(key)
        if let value { text.append(number: value) } else { appendNull() }
    }

    /// JSON text as it is, kept to one line.
    mutating func add(_ key: StaticString, json value: [UInt8]) { value.withUnsafeBytes { add(key, json: $0) } }

    mutating func add(_ key: StaticString, json value: UnsafeRawBufferPointer) {
        begin(key)
        text.append(json: value)
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
        text.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            addBraces { fill(element, &$0) }
        }
        text.append(UInt8(ascii: "]"))
    }

    /// An object of its own within this buffer.
    private mutating func addBraces(around fill: (inout JSONObject) -> Void) {
        text.append(UInt8(ascii: "{"))
        isFirst = true
        fill(&self)
        isFirst = false
        text.append(UInt8(ascii: "}"))
    }

    private mutating func appendNull() { text.append("null" as StaticString) }

    private mutating func begin(_ key: StaticString) {
        text.append(key: key, isFirst: isFirst)
        isFirst = false
    }
}
