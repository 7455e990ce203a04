/// What the path of a request asks for.
package enum Operation: Sendable, CaseIterable {
    case chat, responses, embeddings, completions, moderations

    /// How the paths end that ask for it, whatever base path stands before.
    var pathEnd: StaticString {
        switch self {
        case .chat: "/chat/completions"
        case .responses: "/responses"
        case .embeddings: "/embeddings"
        case .completions: "/completions"
        case .moderations: "/moderations"
        }
    }

    /// The operation of a path without its query; nil when there is none. `/chat/completions` comes before
    /// `/completions`, in which it ends too.
    init?(path: Substring.UTF8View) {
        guard let operation = Self.allCases.first(where: { path.ends(with: $0.pathEnd) }) else { return nil }
        self = operation
    }
}

extension Substring.UTF8View {
    /// Whether the last bytes are those of `end`.
    func ends(with end: StaticString) -> Bool {
        let bytes = UnsafeBufferPointer(start: end.utf8Start, count: end.utf8CodeUnitCount)
        let isSame = withContiguousStorageIfAvailable { $0.suffix(bytes.count).elementsEqual(bytes) }
        return isSame ?? suffix(bytes.count).elementsEqual(bytes)
    }
}
