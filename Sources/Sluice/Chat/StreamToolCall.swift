import JSON

/// One tool call of a streamed answer, growing by its fragments.
struct StreamToolCall {
    let index: Int
    /// As written, with quotes.
    private(set) var identifier: [UInt8]?
    private var type: [UInt8]?
    private var name: [UInt8]?
    /// The written contents of `arguments`, or of a custom tool's `input`.
    private var arguments: [UInt8] = []
    private var isCustom = false
    private var others: [WrittenMember] = []

    init(index: Int) {
        self.index = index
    }

    mutating func add(_ call: JSONValue) {
        for (key, value) in call.members where !value.isNull {
            if key.isString("id") {
                if identifier == nil, value.isFilledString { identifier = value.rawBytes }
            } else if key.isString("type") {
                if type == nil, value.isFilledString { type = value.rawBytes }
            } else if key.isString("function") {
                add(function: value)
            } else if key.isString("custom") {
                isCustom = true
                add(function: value)
            } else if !key.isString("index") {
                others.keepLast(key, value)
            }
        }
    }

    /// Takes `name` once, since some servers repeat it with every fragment, and lets the arguments grow.
    mutating func add(function: JSONValue) {
        for (key, value) in function.members {
            if key.isString("name") {
                if name == nil, value.isFilledString { name = value.rawBytes }
            } else if key.isString("arguments") || key.isString("input") {
                if value.kind == .string {
                    value.appendWrittenContents(to: &arguments)
                } else if !value.isNull {
                    // Arguments belong in a string; a server that sends the object itself meant this.
                    JSONText.appendEscaped(value.rawBytes, to: &arguments)
                }
            }
        }
    }

    func append(to target: inout [UInt8]) {
        target += "{".utf8
        if let identifier {
            target += #""id":"#.utf8
            target += identifier
            target += ",".utf8
        }
        target += #""type":"#.utf8
        target += type ?? Array((isCustom ? #""custom""# : #""function""#).utf8)
        target += (isCustom ? #","custom":"# : #","function":"#).utf8
        appendFunction(to: &target)
        for member in others {
            target += ",".utf8
            member.append(to: &target)
        }
        target += "}".utf8
    }

    func appendFunction(to target: inout [UInt8]) {
        target += #"{"name":"#.utf8
        target += name ?? Array(#""""#.utf8)
        target += (isCustom ? #","input":""# : #","arguments":""#).utf8
        target += arguments
        target += #""}"#.utf8
    }
}
