/// Which of the API's operations a request's path names; it decides how the body is checked.
enum APIRoute: Sendable, Equatable {
    case chatCompletions, responses, embeddings, completions, moderations
    /// A path that Sluice knows nothing about.
    case other

    /// A path with or without its leading `/v1`, and without regard to a query.
    init(path: String) {
        if path == Self.known[0] {
            self = .chatCompletions
            return
        }
        var path = path.prefix { $0 != "?" }
        if path.hasPrefix("/v1/") { path = path.dropFirst(3) }
        switch path {
        case "/chat/completions": self = .chatCompletions
        case "/responses": self = .responses
        case "/embeddings": self = .embeddings
        case "/completions": self = .completions
        case "/moderations": self = .moderations
        default: self = .other
        }
    }

    /// The paths that a batch line may name.
    static let known = [
        "/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/completions", "/v1/moderations",
    ]
}
