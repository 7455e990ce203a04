import NIOHTTP1

/// Looks at a request's path, query and key, before its body is read.
struct Gate {
    enum Verdict {
        /// The name of the deployment, where the path has one that counts.
        case pass(deployment: String?)
        case refuse(status: Int, ErrorBody)
    }

    private let imitation: Imitation
    private let key: String?
    private let bearer: String?
    /// The base paths, cut into their segments.
    private let basePaths: [[Substring]]?

    init(_ imitation: Imitation, key: String?) {
        self.imitation = imitation
        self.key = key
        bearer = key.map { "Bearer \($0)" }
        basePaths = imitation.basePaths?.map { $0.split(separator: "/") }
    }

    func check(_ request: HTTPRequestHead, _ operation: Operation) -> Verdict {
        guard isAuthorized(request.headers) else {
            return .refuse(status: imitation.errors.keyStatus, .key(imitation.errors.keyMessage))
        }
        guard let basePaths else { return .pass(deployment: nil) }
        let parts = request.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let segments = parts[0].split(separator: "/")
        let end = operation == .chat ? 2 : 1
        let base = segments.dropLast(end)
        let isKnown = basePaths.contains { pattern in
            pattern.count == base.count && zip(pattern, base).allSatisfy { $0 == "*" || $0 == $1 }
        }
        guard isKnown, imitation.operations.contains(operation) else {
            return .refuse(status: 404, ErrorBody(status: 404))
        }
        guard imitation.hasDeployments, base.count == 3 else { return .pass(deployment: nil) }
        let query = parts.count > 1 ? parts[1].split(separator: "&") : []
        guard query.contains(where: { $0.hasPrefix("api-version=") && $0.utf8.count > 12 }) else {
            return .refuse(
                status: 404,
                ErrorBody(message: "Resource not found", type: "invalid_request_error", parameter: nil, code: "404"))
        }
        return .pass(deployment: base.last.map(String.init))
    }

    private func isAuthorized(_ headers: HTTPHeaders) -> Bool {
        switch imitation.key {
        case .ignored: return true
        case .anywhere, .bearerWhereSet: if key == nil { return true }
        default: break
        }
        if let given = headers.first(name: "authorization"), isGood(given, bearer, prefix: "Bearer ") { return true }
        let name: String? =
            switch imitation.key {
            case .anywhere, .apiKeyOrBearer: "api-key"
            case .xAPIKeyOrBearer: "x-api-key"
            default: nil
            }
        guard let name, let given = headers.first(name: name) else { return false }
        return isGood(given, key, prefix: "")
    }

    /// Whether a header's value is the wanted one, or where none is set, any behind the prefix.
    private func isGood(_ given: String, _ wanted: String?, prefix: String) -> Bool {
        if let wanted { return given == wanted }
        return given.hasPrefix(prefix) && given.utf8.count > prefix.utf8.count
    }
}
