extension Dispatcher {
    package struct Settings: Sendable {
        package var retry = RetryPolicy()
        /// With what earlier sittings have spent of it.
        package var budget: Budget?
        package var truncation = TruncationPolicy.keep
        /// What answers must be like; nil where any will do.
        package var expectation: Expectation?
        /// How long requests in flight may take to land after a stop was asked for.
        package var grace: Duration = .seconds(30)
        /// How long an endpoint is tried that has not answered in this sitting.
        package var patience: Duration = Timeouts().unreachable
        /// How long a connection may take to come about.
        package var connectLimit: Duration = Timeouts().connect
        /// Keys, which are cut out of whatever a provider says.
        package var secrets: [[UInt8]] = []

        package init() {}
    }
}

extension Dispatcher {
    /// One of a job's endpoints: what it takes to send there and to reckon what comes back.
    package struct Outlet: Sendable {
        package var label: EndpointLabel
        /// Its share beside the others.
        package var weight = 1.0
        package var models = ModelNames.asAsked
        package var price: Pricing?
        /// It has answered requests of this run in an earlier sitting.
        package var hasServed = false
        package var control: EndpointControl
        package var transport: any Transport

        package init(label: EndpointLabel, control: EndpointControl, transport: any Transport) {
            self.label = label
            self.control = control
            self.transport = transport
        }
    }
}

extension Dispatcher {
    /// A claim that waits to be sent. An object, as claims are large and pass through many hands.
    final class ReadyRequest: Sendable {
        let claim: Claim

        init(_ claim: Claim) { self.claim = claim }
    }

    /// What a request holds until its record is durable.
    struct Place: Sendable {
        var pass: EndpointTraffic.Pass
        var reserved: Budget.Reservation?
    }

    /// A request that has been let leave.
    struct Assignment: Sendable {
        var request: ReadyRequest
        var place: Place
    }
}
