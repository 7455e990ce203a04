/// Where results go when a run ends, and what stands in them.
package struct OutputSettings: Sendable, Equatable {
    package enum Format: String, Sendable, CaseIterable {
        case jsonl, csv, batch
    }

    /// Parts that a result line carries only on request.
    package enum Part: String, Sendable, CaseIterable {
        /// The row's own columns.
        case input
        /// The provider's whole answer.
        case answer
        /// The request as sent.
        case request
    }

    /// A path, or nil when nothing is exported at the end of a run.
    package var results: String?
    package var format: Format = .jsonl
    /// A file of its own for rows that are not `ok`; nil leaves them among the results.
    package var errors: String?
    package var parts: Set<Part> = []

    package init() {}
}
