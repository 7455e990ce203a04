@testable import Sluice

/// Drives clients against a virtual server until all rows are answered: a discrete-event simulation whose only chance
/// is its seed's.
struct Simulation {
    /// A clock that begins somewhere, as clocks do.
    static let start = Timestamp(milliseconds: 1_800_000_000_000)
    private static let oneWay = 0.015...0.025
    private static let durability = 0.005

    private(set) var server: VirtualServer
    let clients: [VirtualClient]
    private var events = EventQueue()
    private var chance: Chance
    private let policy = RetryPolicy()

    init(_ shape: VirtualServer.Shape, _ clients: [VirtualClient], seed: UInt64) {
        server = VirtualServer(shape)
        self.clients = clients
        chance = Chance(state: seed)
    }

    static func time(_ seconds: Double) -> Timestamp { start + .nanoseconds(Int64(seconds * 1e9)) }

    /// - Parameter horizon: it is broken off here; a scenario that gets stuck must fail, not hang.
    mutating func run(until horizon: Double) {
        for index in clients.indices { pump(index, now: 0) }
        while let (now, event) = events.next(), now < horizon { handle(event, now: now) }
    }

    private mutating func handle(_ event: VirtualEvent, now: Double) {
        switch event {
        case .wake(let client):
            if clients[client].alarm <= now { clients[client].alarm = .infinity }
            pump(client, now: now)
        case .arrive(let request):
            switch server.arrive(request, now: now, chance: &chance) {
            case .unreachable: events.add(.unreachable(request), at: now + 0.001)
            case .refused(let head): events.add(.refused(request, head), at: now + oneWay())
            case .accepted: if server.serve(request) { events.add(.served(request), at: now + request.service) }
            }
        case .served(let request):
            if let next = server.finish(request, now: now) { events.add(.served(next), at: now + next.service) }
            events.add(.answered(request), at: now + oneWay())
        case .answered(let request):
            answered(request, now: now)
            // Where the number in flight is found, the place is free before the record is durable.
            pump(request.client, now: now)
        case .refused(let request, let head): refused(request, head, now: now)
        case .unreachable(let request): unreachable(request, now: now)
        case .durable(let request):
            clients[request.client].inFlight -= 1
            if let reservation = request.reservation { clients[request.client].control?.end(reservation) }
            pump(request.client, now: now)
        case .due(let client, let row):
            clients[client].ready.append(row)
            pump(client, now: now)
        }
    }

    private mutating func oneWay() -> Double { Double.random(in: Self.oneWay, using: &chance) }

    /// Sends what may leave now.
    private mutating func pump(_ index: Int, now: Double) {
        let client = clients[index]
        let moment = Self.time(now)
        while let row = client.ready.last {
            let content = client.rows[row]
            let demand = RequestDemand(promptEstimate: content.prompt * 5 / 4, outputLimit: content.outputLimit)
            if client.control != nil, case .wait(let until) = client.health.passage(now: moment) {
                return wake(index, at: until, now: now)
            }
            switch client.control?.decide(demand, now: moment) {
            case nil: guard client.inFlight < client.fixed else { return }
            case .admit: client.health.left(now: moment)
            case .full: return
            case .wait(let until, _): return wake(index, at: until, now: now)
            }
            client.ready.removeLast()
            client.inFlight += 1
            client.requests += 1
            let reservation = client.control?.admit(demand, now: moment)
            events.add(
                .arrive(VirtualRequest(client: index, row: row, content, reservation)), at: now + oneWay())
        }
    }

    private mutating func wake(_ index: Int, at until: Timestamp, now: Double) {
        let time = now + (until - Self.time(now)).inSeconds + 1e-9
        guard time < clients[index].alarm else { return }
        clients[index].alarm = time
        events.add(.wake(client: index), at: time)
    }

    /// What the pool is told, and what it tells the control.
    private func note(_ sign: EndpointSign, _ request: VirtualRequest, now: Double) {
        let client = clients[request.client]
        guard let reservation = request.reservation else { return }
        let change = client.health.landed(sign, leftAt: reservation.leftAt, now: Self.time(now))
        if change == .servesAgain { client.control?.close(until: Self.time(now)) }
    }

    private mutating func answered(_ request: VirtualRequest, now: Double) {
        let client = clients[request.client]
        client.answered += 1
        client.lastAnswer = now
        note(.answered, request, now: now)
        let usage = Usage(
            promptTokens: request.prompt, completionTokens: request.output,
            totalTokens: request.prompt + request.output)
        land(request, Feedback(.answered, usage: usage, headers: request.head.limits), now: now)
    }

    private mutating func refused(_ request: VirtualRequest, _ head: VirtualServer.Head, now: Double) {
        let client = clients[request.client]
        client.refusals.append(now)
        note(head.isOutage ? .failed(words: "503") : .throttled, request, now: now)
        let pause = head.retryAfter.map { Duration.milliseconds(Int($0 * 1000)) }
        land(request, Feedback(.turnedAway(retryAfter: pause), headers: head.limits), now: now)
        again(request, pause: pause, now: now)
    }

    private mutating func unreachable(_ request: VirtualRequest, now: Double) {
        let client = clients[request.client]
        guard request.reservation != nil else {
            again(request, pause: nil, now: now)
            return land(request, Feedback(.neverSent), now: now)
        }
        note(.unreachable(words: "away"), request, now: now)
        client.ready.append(request.row)
        land(request, Feedback(.neverSent), now: now)
    }

    private mutating func land(_ request: VirtualRequest, _ feedback: Feedback, now: Double) {
        let client = clients[request.client]
        if let reservation = request.reservation {
            client.control?.landed(reservation, feedback, now: Self.time(now))
        }
        client.landings.append(
            VirtualClient.Landing(
                time: now, places: client.places, inFlight: client.inFlight, isAnswer: feedback.kind == .answered))
        events.add(.durable(request), at: now + Self.durability)
    }

    private mutating func again(_ request: VirtualRequest, pause: Duration?, now: Double) {
        let client = clients[request.client]
        client.rows[request.row].throttles += 1
        let decision = policy.decide(
            .throttled(status: 429), after: pause, attempts: 0, throttles: client.rows[request.row].throttles,
            random: Double.random(in: 0..<1, using: &chance))
        guard case .again(let wait) = decision else { return }
        events.add(.due(client: request.client, row: request.row), at: now + wait.inSeconds)
    }
}
