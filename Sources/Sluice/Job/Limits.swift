/// What a job may use at most. Nil means no limit of its own.
package struct Limits: Sendable, Equatable {
    /// Requests in flight at once.
    package var concurrency = Concurrency.unstated
    package var requestsPerMinute: Int?
    /// In any 24 hours.
    package var requestsPerDay: Int?
    /// Of prompts and answers together.
    package var tokensPerMinute: Int?
    package var tokensPerDay: Int?
    /// Of prompts and of answers apart, where a provider counts so.
    package var inputTokensPerMinute: Int?
    package var outputTokensPerMinute: Int?
    /// An answer larger than this is cut off and counts as failed.
    package var maximumAnswer: ByteCount = .mebibytes(64)

    package init() {}
}
