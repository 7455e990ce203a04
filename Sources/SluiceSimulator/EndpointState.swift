/// Decides what befalls each request, and counts.
///
/// Pure: the time is passed in. `Ledger` puts it behind a lock, since event loops share it.
struct EndpointState: Sendable {
    private let configuration: SimulatorConfiguration
    private var limiter: RateLimiter
    private var bodies = BodyTable()
    /// How often each conversation was answered, where the first answers are to differ.
    private var rounds: [UInt64: Int] = [:]
    private(set) var statistics = SimulatorStatistics()
    /// Answers by status, where it is cheap to count.
    private var statuses = [Int](repeating: 0, count: 600)
    /// Of those in flight, the ones that will be answered.
    private var underway = 0
    /// When each of the places that work on a request is free again, in nanoseconds.
    private var places: [UInt64] = []
    /// What the quota looks at, so that it is exact with many in flight.
    private var promised: Int { statistics.answered + underway }

    init(configuration: SimulatorConfiguration, now: UInt64) {
        self.configuration = configuration
        limiter = RateLimiter(
            requestsPerMinute: configuration.requestsPerMinute, tokensPerMinute: configuration.tokensPerMinute,
            burstSeconds: configuration.burstSeconds, now: now)
    }

    /// A request that has been let in, until it is settled or abandoned.
    struct Ticket: Sendable {
        var body: UInt64
        /// How often the body was begun before.
        var attempt: UInt64
        var fault: Fault?
        /// Whether it gets a whole, good answer.
        var answers = true
    }

    enum Refusal: Sendable, Equatable {
        case quota
        case status(Int)
        case overloaded
        /// `wait` nanoseconds from now it may pass.
        case limited(RateLimiter.Kind, wait: Int64)
        case tooLarge
    }

    enum Verdict: Sendable {
        case serve(Ticket)
        case refuse(Refusal)
    }

    /// The limiter as it stands after the verdict, for the headers; nil when there are no limits.
    var limits: RateLimiter? { limiter.isOn ? limiter : nil }

    /// Counts a request that is complete. `time`: seconds since 1970.
    mutating func receive(bytes: Int, time: Double) {
        statistics.requests += 1
        statistics.bytesIn += bytes
        if statistics.firstRequest == nil { statistics.firstRequest = time }
        statistics.lastRequest = time
    }

    /// Decides on a well-formed request. `start`: its conversation; `charge`: tokens for the limit; `now`:
    /// nanoseconds.
    mutating func admit(body: UInt64, start: UInt64, charge: Int, now: UInt64) -> Verdict {
        if let after = configuration.statusAfter, promised >= after.answers {
            return .refuse(.status(after.status))
        }
        if let quota = configuration.quota, promised >= quota {
            return .refuse(.quota)
        }
        if let maximum = configuration.maximumInFlight, statistics.inFlight >= maximum {
            statistics.rejected += 1
            return .refuse(.overloaded)
        }
        switch limiter.decide(charge: charge, now: now) {
        case .pass: break
        case .refuse(let kind, let wait):
            statistics.rejected += 1
            return .refuse(.limited(kind, wait: wait))
        case .tooLarge:
            statistics.rejected += 1
            return .refuse(.tooLarge)
        }
        let ticket = begin(body)
        if configuration.answer.invalidFirst > 0, ticket.answers { rounds[start, default: 0] += 1 }
        return .serve(ticket)
    }

    /// How long a request takes that is worked on for `service` nanoseconds, the wait for its turn included.
    mutating func turn(of service: Int64, now: UInt64) -> Int64 {
        guard let capacity = configuration.capacity else { return service }
        if places.isEmpty { places = [UInt64](repeating: 0, count: max(1, capacity)) }
        let first = places.indices.min { places[$0] < places[$1] } ?? 0
        let end = max(now, places[first]) + UInt64(max(0, service))
        places[first] = end
        return Int64(end - now)
    }

    /// How often a conversation was answered before.
    func round(of start: UInt64) -> Int { rounds[start] ?? 0 }

    private mutating func begin(_ body: UInt64) -> Ticket {
        var ticket = Ticket(body: body, attempt: UInt64(statistics.begun), fault: nil)
        statistics.begun += 1
        if configuration.tracksDuplicates {
            ticket.attempt = bodies.update(body) { entry in
                defer { entry.begun &+= 1 }
                return UInt64(entry.begun)
            }
        }
        ticket.fault = configuration.faults.fault(seed: configuration.seed, body: body, attempt: ticket.attempt)
        if let fault = ticket.fault {
            ticket.answers = fault.answers
            statistics.faults[fault.name, default: 0] += 1
        }
        if ticket.answers { underway += 1 }
        statistics.inFlight += 1
        statistics.mostInFlight = max(statistics.mostInFlight, statistics.inFlight)
        return ticket
    }

    /// A request that was to be answered will not be.
    mutating func withdraw(_ ticket: inout Ticket) {
        if ticket.answers { underway -= 1 }
        ticket.answers = false
    }

    /// Counts an answer that was sent. `ticket` is nil for a request that was refused; `status` is nil where a fault
    /// sends none.
    mutating func settle(_ ticket: Ticket?, status: Int?, bytes: Int, promptTokens: Int, completionTokens: Int) {
        statistics.bytesOut += bytes
        if let status, statuses.indices.contains(status) { statuses[status] += 1 }
        guard let ticket else { return }
        statistics.inFlight -= 1
        guard ticket.answers else { return }
        underway -= 1
        statistics.answered += 1
        statistics.promptTokens += promptTokens
        statistics.completionTokens += completionTokens
        guard configuration.tracksDuplicates else { return }
        let before = bodies.update(ticket.body) { entry in
            defer { entry.answered &+= 1 }
            return entry.answered
        }
        if before > 0 { statistics.answeredAgain += 1 }
    }

    /// The client of a begun request went away.
    mutating func abandon(_ ticket: Ticket) {
        statistics.inFlight -= 1
        statistics.abandoned += 1
        if ticket.answers { underway -= 1 }
    }

    mutating func connect() {
        statistics.connections += 1
        statistics.openConnections += 1
    }

    mutating func disconnect() {
        statistics.openConnections -= 1
    }

    var snapshot: SimulatorStatistics {
        var snapshot = statistics
        for (status, count) in statuses.enumerated() where count > 0 {
            snapshot.byStatus[status] = count
        }
        snapshot.distinctBodies = bodies.count
        snapshot.duplicates = configuration.tracksDuplicates ? max(0, statistics.begun - bodies.count) : 0
        return snapshot
    }

    /// Forgets all counts and bodies, but not what is in flight nor the limits' levels.
    mutating func reset() {
        let inFlight = statistics.inFlight
        let open = statistics.openConnections
        statistics = SimulatorStatistics()
        statistics.inFlight = inFlight
        statistics.mostInFlight = inFlight
        statistics.openConnections = open
        statuses = [Int](repeating: 0, count: 600)
        bodies.removeAll()
        rounds = [:]
    }
}
