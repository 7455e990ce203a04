/// Some of a job's endpoints, of which there are at most 64.
package struct EndpointSet: Sendable, Equatable {
    private var bits: UInt64 = 0

    package init() {}

    package func contains(_ endpoint: Int) -> Bool { bits & 1 << UInt64(endpoint) != 0 }

    package mutating func insert(_ endpoint: Int) { bits |= 1 << UInt64(endpoint) }
}

/// What has become of a request at which endpoint, while it waits for its next attempt.
package struct EndpointHistory: Sendable, Equatable {
    /// Where it failed last: it had better go elsewhere.
    package var failedAt: Int?
    /// Those that turned it down and had not served anything yet: it does not go there while there are others.
    package var rejectedBy = EndpointSet()

    package init() {}
}
