import JSON

/// An answer of `/v1/responses` growing by its events.
///
/// The last event carries the whole answer. What came before is put together for streams that never get there:
/// finished items as they were written, unfinished ones with the texts and arguments that had come.
struct StreamedResponse {
    /// The answer as its last event has it.
    private(set) var whole: [UInt8]?
    /// Members of the answer as it was when it began.
    private var head: [WrittenMember] = []
    private var items: [StreamedItem] = []
    private(set) var hasBegun = false

    /// Whether an event is one of these: its `type` begins with `response.`.
    static func covers(_ event: JSONValue) -> Bool {
        guard let type = event["type"], type.kind == .string else { return false }
        return type.withRawBytes { $0.dropFirst().starts(with: "response.".utf8) }
    }

    /// Takes an event that `covers` accepts.
    mutating func add(_ event: JSONValue) -> Progress {
        guard let type = event["type"] else { return [] }
        hasBegun = true
        if let response = event["response"], response.kind == .object {
            if Self.last.contains(where: type.isString) {
                whole = response.rawBytes
                return .event
            }
            if head.isEmpty {
                for (key, value) in response.members where !value.isNull && !key.isString("output") {
                    head.keepFirst(key, value)
                }
            }
            return []
        }
        if let delta = event["delta"] { return add(delta: delta, type: type, event) }
        let isDone = type.isString("response.output_item.done")
        if isDone || type.isString("response.output_item.added"), let item = event["item"], item.kind == .object {
            change(itemOf: event, "message") { $0.take(item, isDone: isDone) }
        }
        return type.withRawBytes { $0.dropLast().suffix(6).elementsEqual(".added".utf8) } ? [] : .event
    }

    private static let last = ["response.completed", "response.incomplete", "response.failed", "response.cancelled"]

    private mutating func add(delta: JSONValue, type: JSONValue, _ event: JSONValue) -> Progress {
        guard delta.isFilledString else { return delta.count > 0 ? .event : [] }
        var progress: Progress = .event
        if type.isString("response.output_text.delta") {
            change(itemOf: event, "message") { $0.append(delta, to: .text, at: event["content_index"]) }
            progress = [.event, .text]
        } else if type.isString("response.refusal.delta") {
            change(itemOf: event, "message") { $0.append(delta, to: .refusal, at: event["content_index"]) }
            progress = [.event, .text]
        } else if type.isString("response.reasoning_text.delta") {
            change(itemOf: event, "reasoning") { $0.append(delta, to: .reasoning, at: event["content_index"]) }
        } else if type.isString("response.reasoning_summary_text.delta") {
            change(itemOf: event, "reasoning") { $0.append(delta, to: .summary, at: event["summary_index"]) }
        } else if type.isString("response.function_call_arguments.delta") {
            change(itemOf: event, "function_call") { $0.append(delta, to: .arguments, at: nil) }
        } else if type.isString("response.custom_tool_call_input.delta") {
            change(itemOf: event, "custom_tool_call") { $0.append(delta, to: .input, at: nil) }
        }
        return progress
    }

    /// Items beyond as many as an answer may have choices are dropped: the last event has them all.
    private mutating func change(itemOf event: JSONValue, _ type: String, _ change: (inout StreamedItem) -> Void) {
        let index = event["output_index"]?.integer ?? 0
        if let position = items.firstIndex(where: { $0.index == index }) {
            change(&items[position])
        } else if items.count < StreamAssembler.maximumChoices {
            var item = StreamedItem(index: index, type: type)
            change(&item)
            items.append(item)
        }
    }

    /// The answer as far as it got, without its closing brace.
    func appendOpenDocument(to target: inout [UInt8]) {
        target += "{".utf8
        for member in head {
            member.append(to: &target)
            target += ",".utf8
        }
        target += #""output":["#.utf8
        for (position, item) in items.sorted(by: { $0.index < $1.index }).enumerated() {
            if position > 0 { target += ",".utf8 }
            item.append(to: &target)
        }
        target += "]".utf8
    }
}
