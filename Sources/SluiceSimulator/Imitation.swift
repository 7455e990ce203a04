/// An endpoint that the simulator stands in for: what it demands, and the dialect that it answers in.
package struct Imitation: Sendable {
    /// Where the key is looked for.
    package enum KeyRule: Sendable {
        /// `Authorization: Bearer` or `api-key`, where a key is configured.
        case anywhere
        /// `Authorization: Bearer` with some key, or the configured one.
        case bearer
        /// `api-key` or `Authorization: Bearer`.
        case apiKeyOrBearer
        /// `x-api-key` or `Authorization: Bearer`.
        case xAPIKeyOrBearer
        /// As `bearer`, but only where a key is configured.
        case bearerWhereSet
        case ignored
    }

    package var name: String
    /// The base paths that are served, `*` for any one segment; nil serves all.
    package var basePaths: [String]?
    package var key = KeyRule.anywhere
    /// `?api-version=` must be given on paths with a deployment, whose name stands in for the model.
    package var hasDeployments = false
    package var operations = Set(Operation.allCases)
    package var rules = RequestRules()
    package var answers = AnswerShape()
    package var heads = HeadShape()
    package var errors = ErrorShape()
    package var delivery = Delivery()

    package init(name: String) {
        self.name = name
    }

    /// No endpoint in particular: any path, unknown members are ignored, answers as of EvoLink, errors as of OpenAI.
    package static let none = Imitation(name: "none")

    /// The first base path, with its slash; `gpt-5.2` stands for any segment.
    var firstBasePath: String {
        let segments = (basePaths?.first ?? "v1").split(separator: "/")
        return segments.map { $0 == "*" ? "/gpt-5.2" : "/\($0)" }.joined()
    }
}
