/// What goes into bodies about streaming: `stream` where the user asked for streams, and `stream_options` so that they
/// tell their usage. The latter is the only thing that Sluice puts into a request unasked.
struct StreamMembers {
    /// Rows that say nothing of streaming are streamed.
    let streams: Bool
    /// The endpoint is asked for the usage of streams.
    let asksForUsage: Bool

    private static let stream = Array(#","stream":true"#.utf8)
    private static let usage = Array(#","stream_options":{"include_usage":true}"#.utf8)

    /// Puts what is missing before the body's last brace.
    func complete(_ body: inout [UInt8], _ facts: RequestValidation.StreamFacts, _ route: APIRoute) {
        guard var end = body.lastIndex(of: UInt8(ascii: "}")) else { return }
        func insert(_ member: [UInt8]) {
            body.insert(contentsOf: member, at: end)
            end += member.count
        }
        var isStream = facts.stream == true
        if streams, !facts.hasStream, route.canStream {
            insert(Self.stream)
            isStream = true
        }
        if isStream, asksForUsage, !facts.hasOptions, route.hasStreamOptions { insert(Self.usage) }
    }
}

extension APIRoute {
    fileprivate var canStream: Bool {
        switch self {
        case .chatCompletions, .completions, .responses: true
        case .embeddings, .moderations, .other: false
        }
    }

    /// Responses tell their usage in their last event.
    fileprivate var hasStreamOptions: Bool {
        switch self {
        case .chatCompletions, .completions: true
        case .responses, .embeddings, .moderations, .other: false
        }
    }
}
