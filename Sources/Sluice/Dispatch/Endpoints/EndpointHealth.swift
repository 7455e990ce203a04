/// Watches whether one endpoint serves: a circuit breaker. Pure: time is passed in.
///
/// While it serves, requests leave freely. It is at rest once it cannot be reached, after a row of failures or where
/// nearly all fails; then one request at a time leaves to try it, after pauses that grow with the time it has been down,
/// and the first that is answered ends the rest.
package struct EndpointHealth: Sendable {
    /// Whether a request may leave now.
    package enum Passage: Sendable, Equatable {
        case free
        /// One, to see whether the endpoint serves again.
        case probe
        case wait(until: Timestamp)
    }

    /// What an ending changed.
    package enum Change: Sendable, Equatable {
        /// It is at rest, or a probe has failed.
        case rests(words: String)
        case servesAgain
        /// Every one of its first answers was the same refusal: it would turn down all others as well.
        case refuses(words: String)
    }

    /// Failures one after the other that put it to rest.
    package static let failuresInARow = 10
    /// Answers alike from the first on that are taken for the endpoint's doing and not the requests'.
    package static let firstAnswers = 20
    package static let firstPause = Duration.milliseconds(500)
    package static let longestPause = Duration.seconds(30)
    /// A pause is this part of the time that the endpoint has been down: an outage costs that much more than itself.
    package static let pausePart = 32
    /// A further probe leaves beside one that has been out for so long.
    package static let probePatience = Duration.seconds(10)
    /// How long one that has answered is waited for.
    package static let patienceAfter = Duration.seconds(3600)

    /// Entered by `rest`; left by an answer. `probe` is when the newest probe left that has not come back.
    private struct Rest: Sendable {
        var since: Timestamp
        var nextProbe: Timestamp
        var probe: Timestamp?
        /// How long the newest request waited in vain for a connection; nil where the endpoint rests for another reason.
        var connectTime: Duration?

        /// When a probe that is out must have found its connection, or it would have failed; nil where that tells nothing.
        func connected(within limit: Duration) -> Timestamp? {
            guard let probe, let connectTime else { return nil }
            return probe + min(max(connectTime * 2, EndpointHealth.firstPause), limit)
        }
    }

    private enum FirstAnswers: Sendable {
        case none
        case alike(Refusal, count: Int)
        /// One was served, or two differ: what is turned down from then on is the request's fault.
        case mixed
    }

    /// What two refusals must have in common to be the same. Where each names what is wrong with its own request, they
    /// are not.
    private struct Refusal: Sendable, Equatable {
        let status: Int
        let code: String?
        let words: String

        init(_ status: Int, _ code: String?, _ words: String) {
            self.status = status
            self.code = code
            // Gateways put the request's number behind their words.
            let text = words.lowercased()
            let number = text.firstRange(of: "request id") ?? text.firstRange(of: "request_id")
            self.words = String(text[..<(number?.lowerBound ?? text.endIndex)])
        }
    }

    private let patience: Duration
    private let connectLimit: Duration
    private var rest: Rest?
    private var recent = RecentOutcomes()
    private var failures = 0
    private var first = FirstAnswers.none
    /// Something came back from it, good or bad.
    private var isThere = false
    private var lastAnswer: Timestamp?
    /// It has served a request of this run.
    private(set) package var isProven: Bool
    /// A rest has ended without an answer yet.
    private var isAssumed = false
    /// What left before says nothing new: when the first probe of a rest may leave, or when the last rest ended.
    private var lastChange: Timestamp?
    /// Why it rests, in the words of the newest failure.
    private(set) package var words = ""

    /// - Parameters:
    ///   - patience: how long an endpoint is tried from which nothing has come back yet.
    ///   - connectLimit: how long a connection may take to come about.
    ///   - hasServed: it has answered requests of this run before, so that what it turns down is the requests' fault.
    package init(patience: Duration, connectLimit: Duration = Timeouts().connect, hasServed: Bool = false) {
        self.patience = patience
        if hasServed { first = .mixed }
        isProven = hasServed
        // The transfer's own clock looks now and then.
        self.connectLimit = connectLimit + .seconds(2)
    }

    package var isResting: Bool { rest != nil }

    /// It rests because no connection to it comes about.
    package var isUnreachable: Bool { rest?.connectTime != nil }

    /// Of the newest endings, the part that were failures.
    package var failureShare: Double { recent.failureShare }

    /// It has been down for longer than a run waits.
    package func isGivenUp(now: Timestamp) -> Bool {
        guard let rest else { return false }
        return now - rest.since >= (isThere ? max(Self.patienceAfter, patience) : patience)
    }

    package func passage(now: Timestamp) -> Passage {
        guard let rest else { return .free }
        let connected = rest.connected(within: connectLimit)
        if let connected, connected <= now { return .free }
        return now < rest.nextProbe ? .wait(until: min(connected ?? rest.nextProbe, rest.nextProbe)) : .probe
    }

    /// A request leaves, as `passage` allows.
    package mutating func left(now: Timestamp) {
        guard let rest else { return }
        if let connected = rest.connected(within: connectLimit), connected <= now {
            // The answer is long in coming, but the connection has come about.
            serve(now)
            isAssumed = true
        } else {
            self.rest?.probe = now
            self.rest?.nextProbe = now + max(Self.probePatience, Self.pause(after: now - rest.since))
        }
    }

    /// - Parameter start: when the request left that has ended so.
    package mutating func landed(_ sign: EndpointSign, leftAt start: Timestamp, now: Timestamp) -> Change? {
        switch sign {
        case .answered:
            first = .mixed
            lastAnswer = now
            isProven = true
            return lives(leftAt: start, now: now)
        case .throttled:
            return lives(leftAt: start, now: now)
        case .rejected(let status, let code, let words):
            let change = lives(leftAt: start, now: now)
            return refusal(status, code, words) ?? change
        case .failed(let words):
            isThere = true
            guard isNews(start) else { return nil }
            recent.add(failed: true)
            failures += 1
            let isBad = failures >= Self.failuresInARow || recent.isNearlyAllFailed
            guard isBad || rest != nil else { return nil }
            return rest(words, connectTime: nil, now)
        case .unreachable(let words):
            guard isNews(start) else { return nil }
            // While one request waited in vain for a connection, another was answered.
            if rest == nil, let lastAnswer, start < lastAnswer { return nil }
            return rest(words, connectTime: now - start, now)
        }
    }

    /// Nothing more is known of a request that left, as where it was given up.
    package mutating func forgot() { rest?.probe = nil }

    private func isNews(_ start: Timestamp) -> Bool { lastChange.map { start >= $0 } ?? true }

    private mutating func lives(leftAt start: Timestamp, now: Timestamp) -> Change? {
        isThere = true
        failures = 0
        recent.add(failed: false)
        guard let rest else {
            defer { isAssumed = false }
            return isAssumed ? .servesAgain : nil
        }
        // One that cannot be reached may still answer what had reached it before. Once the pause is over that counts as
        // well: what is rare among many requests holds up none for longer.
        guard isNews(start) || (rest.connectTime != nil && now >= rest.nextProbe) else { return nil }
        serve(now)
        return .servesAgain
    }

    private mutating func serve(_ now: Timestamp) {
        rest = nil
        failures = 0
        recent = RecentOutcomes()
        lastChange = now
    }

    private mutating func rest(_ words: String, connectTime: Duration?, _ now: Timestamp) -> Change {
        self.words = words
        let since = rest?.since ?? now
        // No probe leaves before that.
        if rest == nil { lastChange = now + Self.firstPause }
        rest = Rest(
            since: since, nextProbe: now + Self.pause(after: now - since), probe: nil, connectTime: connectTime)
        return .rests(words: words)
    }

    private mutating func refusal(_ status: Int, _ code: String?, _ words: String) -> Change? {
        if case .mixed = first { return nil }
        let refusal = Refusal(status, code, words)
        switch first {
        case .mixed: break
        case .none: first = .alike(refusal, count: 1)
        case .alike(refusal, let count): first = .alike(refusal, count: count + 1)
        case .alike: first = .mixed
        }
        guard case .alike(_, Self.firstAnswers) = first else { return nil }
        first = .mixed
        return .refuses(words: "each of its first \(Self.firstAnswers) answers was HTTP \(status): \(words)")
    }

    private static func pause(after elapsed: Duration) -> Duration {
        min(max(firstPause, elapsed / pausePart), longestPause)
    }
}
