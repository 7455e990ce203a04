@testable import Sluice

/// An answer to try, and how it came.
struct FuzzInput: CustomStringConvertible {
    var url: String
    var answer: HTTPAnswer
    /// The connection was cut behind it.
    var isCut: Bool

    var result: Result<HTTPAnswer, TransportFailure> {
        guard isCut else { return .success(answer) }
        return .failure(TransportFailure(kind: .reset, message: "reset", sentBytes: true, partial: answer))
    }

    var description: String {
        """
        \(url) \(answer.status)\(isCut ? ", cut" : "")
        headers: \(String(decoding: answer.headers.block, as: UTF8.self).debugDescription)
        body: \(String(decoding: answer.body, as: UTF8.self).debugDescription)
        """
    }
}

/// Damages the fixtures, one after the other and in ways that chance picks.
struct AnswerMutator {
    var chance: Chance

    init(seed: UInt64) {
        chance = Chance(state: seed)
    }

    /// Longer bodies are cut.
    static let maximumBytes = 8_192

    mutating func next() -> FuzzInput {
        let fixture = Self.bodies[Int.random(in: 0..<Self.bodies.count, using: &chance)]
        var input = fixture
        input.isCut = input.isCut || once(in: 10)
        if once(in: 4) { input.answer.status = pick([200, 200, 200, 204, 400, 401, 404, 429, 500, 503, 0, 999]) }
        if once(in: 6) { input.url = pick(Self.paths) }
        if once(in: 4) {
            var block = input.answer.headers.block
            mutate(&block)
            input.answer.headers = HTTPHeaders(block: block)
        }
        var body = input.answer.body
        for _ in 0..<Int.random(in: 0...4, using: &chance) { mutate(&body) }
        if body.count > Self.maximumBytes { body.removeSubrange(Self.maximumBytes...) }
        input.answer.body = body
        return input
    }

    private mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &chance) == 0 }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &chance)]
    }

    private mutating func mutate(_ body: inout [UInt8]) {
        let place = Int.random(in: 0...body.count, using: &chance)
        let end = min(body.count, place + Int.random(in: 0...(once(in: 8) ? 2000 : 16), using: &chance))
        switch Int.random(in: 0..<14, using: &chance) {
        case 0 where place < body.count: body[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
        case 1 where place < body.count: body[place] = UInt8.random(in: 0...255, using: &chance)
        case 2: body.removeSubrange(place..<end)
        case 3: body.insert(contentsOf: pick(Self.scraps), at: place)
        case 4: body.replaceSubrange(place..<end, with: pick(Self.scraps))
        case 5:
            let piece = Array(body[place..<end])
            for _ in 0..<(once(in: 40) ? 200 : 2) where body.count < Self.maximumBytes {
                body.insert(contentsOf: piece, at: place)
            }
        case 6: body.removeSubrange(place...)
        case 7: splice(into: &body, at: place)
        case 8: nest(&body, at: place, end)
        case 9: replaceNumber(of: &body, behind: place)
        case 10, 11, 12: replaceString(of: &body, behind: place)
        default:
            let lineEnd: [UInt8] = once(in: 2) ? [0x0D] : [0x0D, 0x0A]
            body = body.flatMap { $0 == 0x0A ? lineEnd : [$0] }
        }
    }

    /// Puts a piece of another answer in.
    private mutating func splice(into body: inout [UInt8], at place: Int) {
        let other = Self.bodies[Int.random(in: 0..<Self.bodies.count, using: &chance)].answer.body
        guard !other.isEmpty else { return }
        let from = Int.random(in: 0..<other.count, using: &chance)
        body.insert(contentsOf: other[from..<min(other.count, from + 400)], at: place)
    }

    private mutating func nest(_ body: inout [UInt8], at place: Int, _ end: Int) {
        let depth = Int.random(in: 1...(once(in: 4) ? 1000 : 8), using: &chance)
        let (open, close) = once(in: 2) ? ("[", "]") : (#"{"error":"#, "}")
        body.insert(contentsOf: String(repeating: close, count: depth).utf8, at: end)
        body.insert(contentsOf: String(repeating: open, count: depth).utf8, at: place)
    }

    private mutating func replaceNumber(of body: inout [UInt8], behind place: Int) {
        guard let from = body[place...].firstIndex(where: \.isDigit) else { return }
        let end = body[from...].firstIndex { !$0.isDigit } ?? body.count
        body.replaceSubrange(from..<end, with: pick(Self.numbers))
    }

    /// Gives a string of JSON, often a key, another name that means something.
    private mutating func replaceString(of body: inout [UInt8], behind place: Int) {
        let quote = UInt8(ascii: "\"")
        guard let from = body[place...].firstIndex(of: quote), from + 1 < body.count,
            let end = body[(from + 1)...].firstIndex(of: quote)
        else { return }
        body.replaceSubrange(from + 1..<end, with: pick(Self.names))
    }

    private static let bodies: [FuzzInput] =
        ProviderFixture.all.map { FuzzInput(url: $0.url, answer: $0.answer, isCut: $0.isCut) }
        + [ChatFixtures.stream, ChatFixtures.streamDocument].map {
            FuzzInput(url: ChatFixtures.chat, answer: HTTPAnswer(status: 200, body: Array($0.utf8)), isCut: false)
        }

    private static let paths = [
        "/v1/chat/completions", "/v1/responses", "/v1/completions", "/v1/embeddings", "/v1/moderations", "/x", "",
    ]

    private static let scraps = bytes([
        "null", "[]", "{}", "\"\"", "true", "\\ud800", "\\u0000", "\\", "\"", "\u{2028}", "data: ", "data:", "\n\n",
        "\r", ": ping\n\n", "event: error\n", "data: [DONE]\n\n", "\"error\":", "\"choices\":[", "\u{0}", "}]", ",",
        "\u{FEFF}", "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}}]}", "<html><title>", ProviderFixture.key,
        "data: {\"usage\":{\"input_tokens\":7}}\n\n", "HTTP/1.1 200 OK\r\n",
    ])

    private static let numbers = bytes([
        "0", "-0", "-1", "1e999", "-1e-999", "99999999999999999999", "9223372036854775807", "9223372036854775808",
        "1000000000000000", "1000000000000001", "0.5", "13.0", "1e3", String(repeating: "9", count: 400), "0x10",
    ])

    private static let names = bytes([
        "error", "choices", "message", "delta", "content", "text", "usage", "model", "id", "index", "finish_reason",
        "refusal", "reasoning", "reasoning_content", "tool_calls", "function", "arguments", "audio", "data", "type",
        "response", "status", "output", "output_index", "role", "code", "prompt_tokens", "completion_tokens", "cost",
        "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "request_id",
        "cache_creation", "metadata", "details", "detail", "loc", "logprobs", "stop", "length", "content_filter",
        "response.completed", "response.failed", "response.output_item.added", "response.output_item.done",
        "response.output_text.delta", "insufficient_quota", "rate_limit_error", "text_completion", "thinking",
        "\\u0063ontent", "x-request-id", ProviderFixture.key, "",
    ])

    private static func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
}
