/// How often and how patiently a request is tried again.
package struct RetrySettings: Sendable, Equatable {
    /// Attempts in all, the first included.
    package var attempts = 5
    /// The first pause; each further one is twice as long, up to `cap`.
    package var base: Duration = .milliseconds(500)
    package var cap: Duration = .seconds(60)

    package static let attemptsRange = 1...100

    package init() {}
}
