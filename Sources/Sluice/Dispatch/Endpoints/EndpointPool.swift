/// Chooses which of a job's endpoints a request is sent to, and knows which of them serve. Pure: it is told the time, what
/// each endpoint's control allows, and what became of requests.
///
/// All take from one queue. Whichever has the least in flight for its weight and its places takes the next request, so
/// that those that finish sooner take more.
package struct EndpointPool: Sendable {
    /// How one endpoint stands with its own limits.
    package struct Standing: Sendable, Equatable {
        package var inFlight: Int
        /// How many may be in flight now.
        package var places: Int
        package var gate: Gate

        package init(inFlight: Int, places: Int, gate: Gate) {
            self.inFlight = inFlight
            self.places = places
            self.gate = gate
        }
    }

    /// Whether an endpoint's limits let the request leave now.
    package enum Gate: Sendable, Equatable {
        case open
        case opens(at: Timestamp)
        /// Once another request has ended.
        case full
    }

    package enum Choice: Sendable, Equatable {
        case endpoint(Int)
        /// Time alone will change something.
        case wait(until: Timestamp)
        case full
        /// All are stopped.
        case none
    }

    private struct Member: Sendable {
        let label: EndpointLabel
        let weight: Double
        var health: EndpointHealth
        var stop: EndpointStop?
    }

    private var members: [Member]

    package init(_ endpoints: [(label: EndpointLabel, weight: Double, health: EndpointHealth)]) {
        members = endpoints.map { Member(label: $0.label, weight: $0.weight, health: $0.health) }
    }

    package var count: Int { members.count }

    package func label(_ endpoint: Int) -> EndpointLabel { members[endpoint].label }

    package func health(_ endpoint: Int) -> EndpointHealth { members[endpoint].health }

    package func isStopped(_ endpoint: Int) -> Bool { members[endpoint].stop != nil }

    package var stops: [EndpointStop] { members.compactMap(\.stop) }

    /// Whether anything may be sent to an endpoint at `now`, its limits aside.
    package func passage(_ endpoint: Int, now: Timestamp) -> EndpointHealth.Passage? {
        isStopped(endpoint) ? nil : members[endpoint].health.passage(now: now)
    }

    /// - Parameters:
    ///   - history: what became of the request before.
    ///   - standing: of each endpoint for this request; asked only of those that come into question.
    package func choose(
        history: EndpointHistory = EndpointHistory(), now: Timestamp, standing: (Int) -> Standing
    ) -> Choice {
        guard hasLive else { return .none }
        let isChoosy = isWorthTryingElsewhere(history)
        var best: (endpoint: Int, rank: Rank)?
        var earliest: Timestamp?
        for endpoint in members.indices where members[endpoint].stop == nil {
            if isChoosy, history.rejectedBy.contains(endpoint) { continue }
            let passage = members[endpoint].health.passage(now: now)
            if case .wait(let time) = passage {
                earliest = min(earliest ?? time, time)
                continue
            }
            // A request that has failed already is not what to try an endpoint with, while another serves.
            if passage == .probe, history != EndpointHistory(),
                hasServing(now, besides: isChoosy ? history.rejectedBy : EndpointSet())
            {
                continue
            }
            let standing = standing(endpoint)
            switch standing.gate {
            case .open:
                if count == 1 { return .endpoint(endpoint) }
                let rank = rank(endpoint, standing, passage, history)
                if best.map({ rank < $0.rank }) ?? true { best = (endpoint, rank) }
            case .opens(let time): earliest = min(earliest ?? time, time)
            case .full: break
            }
        }
        if let best { return .endpoint(best.endpoint) }
        return earliest.map { .wait(until: $0) } ?? .full
    }

    private func hasServing(_ now: Timestamp, besides others: EndpointSet) -> Bool {
        members.indices.contains {
            !others.contains($0) && members[$0].stop == nil && members[$0].health.passage(now: now) == .free
        }
    }

    /// The least goes first.
    private struct Rank: Comparable {
        var group: Int
        var load: Double

        static func < (left: Rank, right: Rank) -> Bool { (left.group, left.load) < (right.group, right.load) }
    }

    private func rank(
        _ endpoint: Int, _ standing: Standing, _ passage: EndpointHealth.Passage, _ history: EndpointHistory
    ) -> Rank {
        let group: Int =
            switch passage {
            // Or nobody would learn that it serves again.
            case .probe: history.failedAt == endpoint ? 2 : 0
            case .free, .wait: history.failedAt == endpoint ? 2 : 1
            }
        let member = members[endpoint]
        // One that fails fast is always idle: its failures take weight from it, or it would draw the whole queue.
        let weight = member.weight * max(1 - member.health.failureShare, 0.01)
        return Rank(group: group, load: (Double(standing.inFlight) + 0.5) / (weight * Double(max(standing.places, 1))))
    }
}

// MARK: - What becomes of requests

extension EndpointPool {
    package mutating func left(_ endpoint: Int, now: Timestamp) { members[endpoint].health.left(now: now) }

    package mutating func landed(
        _ endpoint: Int, _ sign: EndpointSign, leftAt start: Timestamp, now: Timestamp
    ) -> EndpointHealth.Change? {
        let change = members[endpoint].health.landed(sign, leftAt: start, now: now)
        if case .refuses(let words) = change { stop(endpoint, .stopped(.rejected, words: words)) }
        return change
    }

    package mutating func forgot(_ endpoint: Int) { members[endpoint].health.forgot() }

    /// Nothing more is sent there. The first reason counts.
    package mutating func stop(_ endpoint: Int, _ reason: RunEnd) {
        guard members[endpoint].stop == nil else { return }
        members[endpoint].stop = EndpointStop(endpoint: members[endpoint].label, reason: reason)
    }

    /// Whether any is not stopped.
    package var hasLive: Bool { members.contains { $0.stop == nil } }

    /// Whether a request that `endpoint` has turned down may yet be served by another.
    package func isWorthTryingElsewhere(_ history: EndpointHistory) -> Bool {
        members.indices.contains { members[$0].stop == nil && !history.rejectedBy.contains($0) }
    }

    /// Why nothing can be sent any more: each endpoint is stopped, or has been down for longer than a run waits. Nil while
    /// there is one left.
    package func end(now: Timestamp) -> RunEnd? {
        guard members.allSatisfy({ $0.stop != nil || $0.health.isGivenUp(now: now) }) else { return nil }
        if members.count == 1, let stop = members[0].stop { return stop.reason }
        let words = members.map { member in
            let own = member.stop?.words ?? member.health.words
            return member.label.name.map { "\($0): \(own)" } ?? own
        }.joined(separator: "; ")
        guard stops.count == members.count else { return .unreachable(words: words) }
        for case .stopped(let cause, _) in stops.map(\.reason) { return .stopped(cause, words: words) }
        // All ask for a long pause: the shortest is worth waiting for.
        return stops.lazy.map(\.reason).min { $0.wait < $1.wait }
    }

    /// What is wrong with endpoints just now, in a sentence each; nil where nothing is.
    package var trouble: String? {
        let sentences = members.compactMap { member -> String? in
            let name = member.label.name.map { "endpoint \($0)" } ?? "the endpoint"
            if let stop = member.stop {
                return members.count == 1 ? nil : "\(name) is stopped: \(stop.words)"
            }
            guard member.health.isResting else { return nil }
            let what = member.health.isUnreachable ? "cannot be reached" : "does not serve"
            return "\(name) \(what), waiting: \(member.health.words)"
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: "; ")
    }
}
