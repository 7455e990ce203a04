extension Dispatcher {
    package struct Settings: Sendable {
        package var retry = RetryPolicy()
        package var price: Price?
        /// How long requests in flight may take to land after a stop was asked for.
        package var grace: Duration = .seconds(30)
        /// Records that may wait for the disk; more, and the requests that bring them wait, and with them admission.
        package var bufferedRecords = 8192
        package var bufferedBytes = 64 << 20
        /// How long an endpoint is tried that has not answered in this sitting.
        package var patience: Duration = Timeouts().unreachable
        /// Keys, which are cut out of whatever a provider says.
        package var secrets: [[UInt8]] = []

        package init() {}
    }
}
