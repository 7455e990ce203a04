/// What the ledger and messages call an endpoint.
package struct EndpointLabel: Sendable, Hashable, CustomStringConvertible {
    /// Nil for the only one of a job, which is known by its URL.
    package var name: String?
    package var url: String

    package init(name: String? = nil, url: String) {
        self.name = name
        self.url = url
    }

    package var description: String { name ?? url }
}
