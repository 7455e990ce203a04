import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The keys of request bodies and messages that Sluice looks at. Any other key is none of its business.
enum MemberKey: UInt8 {
    case model, messages, input, prompt, tools, functions, responseFormat
    case temperature, topP, topK, choices, maxTokens, maxCompletionTokens, maxOutputTokens, stream, streamOptions
    case role, content, toolCalls, toolCallID, functionCall, refusal, audio

    /// The key's meaning, however it is escaped; nil for keys that have none here.
    init?(_ key: JSONValue) {
        guard let known = key.withKeyBytes({ MemberKey(bytes: $0) }) else { return nil }
        self = known
    }

    private init?(bytes: UnsafeRawBufferPointer) {
        func reads(_ text: StaticString) -> Bool {
            guard let start = bytes.baseAddress, bytes.count == text.utf8CodeUnitCount else { return false }
            return memcmp(start, text.utf8Start, bytes.count) == 0
        }
        switch bytes.count {
        case 1 where reads("n"): self = .choices
        case 4 where reads("role"): self = .role
        case 5 where reads("model"): self = .model
        case 5 where reads("tools"): self = .tools
        case 5 where reads("top_p"): self = .topP
        case 5 where reads("top_k"): self = .topK
        case 5 where reads("input"): self = .input
        case 5 where reads("audio"): self = .audio
        case 6 where reads("stream"): self = .stream
        case 6 where reads("prompt"): self = .prompt
        case 7 where reads("content"): self = .content
        case 7 where reads("refusal"): self = .refusal
        case 8 where reads("messages"): self = .messages
        case 9 where reads("functions"): self = .functions
        case 10 where reads("max_tokens"): self = .maxTokens
        case 10 where reads("tool_calls"): self = .toolCalls
        case 11 where reads("temperature"): self = .temperature
        case 12 where reads("tool_call_id"): self = .toolCallID
        case 13 where reads("function_call"): self = .functionCall
        case 14 where reads("stream_options"): self = .streamOptions
        case 15 where reads("response_format"): self = .responseFormat
        case 17 where reads("max_output_tokens"): self = .maxOutputTokens
        case 21 where reads("max_completion_tokens"): self = .maxCompletionTokens
        default: return nil
        }
    }
}

/// Notices keys that an object has twice, in one pass over them.
///
/// Known keys are kept as bits, others as hashes while they are few and as text when they are many.
struct SeenKeys {
    private var known: UInt32 = 0
    private var hashes: [UInt64] = []
    private var texts: Set<String> = []

    mutating func removeAll() {
        known = 0
        hashes.removeAll(keepingCapacity: true)
        texts.removeAll()
    }

    /// Whether the key was not there before.
    mutating func insert(_ key: JSONValue, _ meaning: MemberKey?, of object: JSONValue) -> Bool {
        if let meaning {
            let bit: UInt32 = 1 << UInt32(meaning.rawValue)
            defer { known |= bit }
            return known & bit == 0
        }
        if object.count > 64 { return texts.insert(key.string ?? "").inserted }
        // FNV-1a. Equal hashes need not be equal keys, so these are compared in full.
        let hash = key.withKeyBytes {
            $0.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
        defer { hashes.append(hash) }
        guard hashes.contains(hash), let text = key.string else { return true }
        let start = key.range.lowerBound
        return !object.members.contains { $0.key.range.lowerBound < start && $0.key.isString(text) }
    }
}

extension JSONValue {
    /// Lends a string's decoded bytes; without escapes, which is nearly always, where they stand.
    func withKeyBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withRawBytes { raw in
            let inside = UnsafeRawBufferPointer(rebasing: raw[1..<raw.count - 1])
            guard let start = inside.baseAddress, memchr(start, Int32(UInt8(ascii: "\\")), inside.count) != nil else {
                return body(inside)
            }
            var decoded: [UInt8] = []
            _ = appendString(to: &decoded)
            return decoded.withUnsafeBytes(body)
        }
    }
}
