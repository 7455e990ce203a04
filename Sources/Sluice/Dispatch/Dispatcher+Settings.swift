extension Dispatcher {
    package struct Settings: Sendable {
        package var retry = RetryPolicy()
        package var price: Pricing?
        /// With what earlier sittings have spent of it.
        package var budget: Budget?
        package var truncation = TruncationPolicy.keep
        /// What answers must be like; nil where any will do.
        package var expectation: Expectation?
        /// How long requests in flight may take to land after a stop was asked for.
        package var grace: Duration = .seconds(30)
        /// How long an endpoint is tried that has not answered in this sitting.
        package var patience: Duration = Timeouts().unreachable
        /// Keys, which are cut out of whatever a provider says.
        package var secrets: [[UInt8]] = []

        package init() {}
    }
}
