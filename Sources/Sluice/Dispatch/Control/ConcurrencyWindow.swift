/// How many requests may be in flight: looks for the knee of the endpoint's throughput, and stays there.
///
/// At first each answer adds a place, until answers take longer for it: the knee is then where the throughput and the
/// time of an answer at leisure meet. There it rests, and from time to time tries a fifth more or less: more is kept where the throughput rises by a good part of it, less where it does not fall by as
/// much. The rests grow longer while nothing better is found. What counts is throughput, never latency alone: an
/// endpoint that answers a little slower and twice as much is worth it. A request that is turned away shows the
/// ceiling, and ends a trial at once.
///
/// A number that the user states is tried down only by requests that are turned away, and up again to the number.
///
/// Pure: time is passed in.
struct ConcurrencyWindow: Sendable {
    private static let step = 0.2

    private enum Stage: Sendable, Equatable {
        /// At first: each answer adds a place, until answers take longer for it.
        case opening
        /// They do: counting what the throughput is.
        case sounding
        /// At three quarters of the knee as it seems, counting what the throughput is where nobody waits; `most` is
        /// what it was before.
        case easing(most: ThroughputBlock, turn: Int)
        /// After a fall: each answer adds a place.
        case returning(to: Double)
        /// Up a slope: each answer adds a place.
        case growing(to: Double)
        /// Grown, and counting what came of it.
        case counting
        /// Holds.
        case resting
        /// Tries another size than `from`.
        case trying(from: Double)
    }

    let maximum: Int
    /// The window is nobody's number but the endpoint's.
    private let adapts: Bool
    private(set) var size: Double
    /// After a pause, a part of the window first.
    private var ramp: Double?
    private var stage: Stage
    private var block = ThroughputBlock()
    /// What the throughput was at the sizes before, while growing; the newest last.
    private var grown: [(size: Double, block: ThroughputBlock)] = []
    /// What the throughput is at the size that is held.
    private var held = ThroughputBlock()
    private(set) var effort = AnswerEffort()
    private var leisure = LeisureTime()
    /// Answers that still belong to the size before.
    private var unsettled = 0
    /// Rounds to hold still between trials, and answers of them that are left.
    private var rest = 2
    private var restLeft: Double = 0
    private var triesUp = true
    /// What ended the growth was a request turned away, rather than answers that took longer.
    private var isTurnedAway = false
    /// Trials up that were kept in a row.
    private var climbs = 0
    private var lastLanding: Timestamp
    /// The most that were in flight with a request that was then answered; fades slowly.
    private var acceptedLevel: Double = 0
    private var volley: Volley?

    /// Requests that were turned away together.
    private struct Volley: Sendable {
        var start: Timestamp
        /// The window before it.
        var size: Double
        /// Too many were in flight; else too many left in a stretch of time.
        var isCapacity: Bool
    }

    init(_ concurrency: Concurrency, initial: Int, now: Timestamp) {
        maximum = concurrency.most
        lastLanding = now
        switch concurrency {
        case .fixed:
            adapts = false
            size = Double(maximum)
            stage = .resting
        case .automatic:
            adapts = true
            size = Double(min(max(1, initial), maximum))
            stage = .opening
        }
    }

    /// In rounds; shorter for few places, where each counts for much and a trial for one more costs little.
    private var longestRest: Int { min(64, max(8, 4 * places)) }

    var places: Int { min(maximum, max(1, Int(min(size, ramp ?? size) + 1e-9))) }

    /// What holds when all places are taken.
    var hold: Hold { places >= maximum ? .concurrency : .server }

    // MARK: Answers

    /// One that left with `level` in flight has been answered.
    mutating func answered(leftAt: Timestamp, tokens: Int?, level: Int, wasFull: Bool, now: Timestamp) {
        let seconds = now.seconds(since: leftAt)
        effort.learn(seconds: seconds, tokens: tokens)
        let work = effort.work(answers: 1, tokens: Double(tokens ?? 0))
        leisure.add(work > 0.01 ? seconds / work : seconds, level: level, isReference: stage == .opening)
        acceptedLevel = max(acceptedLevel * 0.9999, Double(level))
        if let volley, leftAt >= volley.start { end(volley) }
        if let ramp {
            self.ramp = ramp + 1 >= size ? nil : ramp + 1
            lastLanding = now
            return
        }
        count(tokens: tokens, isAnswer: true, wasFull: wasFull, now: now)
    }

    /// One came to nothing that says nothing of limits.
    mutating func failed(now: Timestamp) { lastLanding = now }

    private mutating func count(tokens: Int?, isAnswer: Bool, wasFull: Bool, now: Timestamp) {
        let elapsed = now.seconds(since: lastLanding)
        lastLanding = now
        switch stage {
        case .opening: return open(wasFull: wasFull)
        case .growing(let target): return grow(to: target, wasFull: wasFull) { $0.begin(.counting) }
        case .returning(let target): return grow(to: target, wasFull: wasFull) { $0.startRest() }
        case .sounding, .easing, .counting, .resting, .trying: break
        }
        if unsettled > 0 {
            unsettled -= 1
            return
        }
        block.add(elapsed: elapsed, tokens: tokens, isAnswer: isAnswer, wasFull: wasFull)
        switch stage {
        case .opening, .growing, .returning: break
        case .sounding: concludeOpening()
        case .easing(let most, let turn): concludeEasing(most, turn: turn)
        case .counting: concludeGrowth()
        case .resting: holdStill()
        case .trying(let from): concludeTrial(from: from)
        }
    }

    private mutating func begin(_ stage: Stage) {
        self.stage = stage
        block = ThroughputBlock()
        switch stage {
        case .opening, .growing, .returning, .counting: unsettled = 0
        case .sounding, .resting, .trying: unsettled = places
        case .easing: unsettled = 2 * places
        }
    }

    // MARK: Opening

    private mutating func open(wasFull: Bool) {
        guard wasFull else { return }
        if leisure.isOver || size >= Double(maximum) {
            begin(.sounding)
        } else {
            size = min(size + 1, Double(maximum))
        }
    }

    /// Opens at once to what known limits will let fly: their pace guards it.
    mutating func open(to wanted: Double) {
        guard stage == .opening, wanted > size else { return }
        size = min(wanted.rounded(.up), Double(maximum))
    }

    /// The knee is where the throughput and the time of an answer at leisure meet.
    private mutating func concludeOpening() {
        guard block.answers >= max(size / 2, 40) else { return }
        guard block.isUsed else { return begin(.opening) }
        isTurnedAway = false
        rest = 2
        let knee = block.rate(effort) * leisure.seconds
        if knee < size * 0.85 { ease(to: knee, most: block, turn: 1) } else { startRest() }
    }

    private mutating func ease(to knee: Double, most: ThroughputBlock, turn: Int) {
        // What is in flight above the new size lands first.
        let surplus = max(0, size - knee)
        size = max(1, (knee * 0.75).rounded(.down))
        begin(.easing(most: most, turn: turn))
        unsettled += Int(surplus)
    }

    /// The first answers, few and by chance, have told how long one takes at leisure; these tell it better.
    private mutating func concludeEasing(_ most: ThroughputBlock, turn: Int) {
        guard block.answers >= max(2 * size, min(40, 12 * size)) else { return }
        let rate = block.rate(effort)
        guard block.isUsed, rate > 0 else { return startRest() }
        let gain = most.rate(effort) / rate
        if gain < 1.1, size > 1, turn < 4 { return ease(to: size, most: most, turn: turn + 1) }
        size = min(max(1, (size * gain).rounded()), Double(maximum))
        startRest()
    }

    // MARK: Growing

    private mutating func grow(to target: Double, wasFull: Bool, then: (inout ConcurrencyWindow) -> Void) {
        guard wasFull else { return }
        size = min(size + 1, target)
        if size >= target { then(&self) }
    }

    private mutating func concludeGrowth() {
        guard block.answers >= max(size, 3) else { return }
        guard block.isUsed else {
            // Something else holds; there is nothing to learn.
            block = ThroughputBlock()
            return
        }
        if let before = grown.last {
            guard
                let isWorth = block.isWorth(
                    change: size / before.size, from: before.block, effort, enough: max(size, 40), certainty: 2.5)
            else { return }
            if !isWorth { return settleOnKnee(after: before) }
        } else if block.answers < max(size, 6) {
            return
        }
        grown.append((size, block))
        if grown.count > 2 { grown.removeFirst() }
        if size >= Double(maximum) {
            hold(block)
        } else {
            begin(.growing(to: min(size * 2, Double(maximum))))
        }
    }

    /// The knee is where throughput and the least time of an answer meet.
    private mutating func settleOnKnee(after before: (size: Double, block: ThroughputBlock)) {
        let reached = max(block.rate(effort), before.block.rate(effort))
        var knee = size
        for earlier in grown {
            let rate = earlier.block.rate(effort)
            if rate > 0 { knee = min(knee, earlier.size * reached / rate) }
        }
        size = max(1, min(size, knee.rounded()))
        grown = []
        begin(.resting)
        held = ThroughputBlock()
        rest = 2
        restLeft = 0
    }

    // MARK: Trials

    private mutating func hold(_ block: ThroughputBlock) {
        begin(.resting)
        unsettled = 0
        held = block
        restLeft = Double(rest * places)
    }

    private mutating func holdStill() {
        // Without queues there is nothing to measure: only to see whether more is turned away.
        let isBlind = !adapts || isTurnedAway
        guard (isBlind ? block.isUsedAtTimes : block.isUsed) || block.answers < 8 else {
            // Not a trial's time while something else holds.
            block = ThroughputBlock()
            return
        }
        restLeft -= 1
        held = block
        if block.answers > max(400, 8 * size) { block.fade() }
        guard restLeft <= 0, block.answers >= (isBlind ? 1 : max(2 * size, 40)) else { return }
        let isUp = triesUp || isBlind
        let change = max(1, (size * Self.step).rounded())
        let wanted = isUp ? min(size + change, Double(maximum)) : max(size - change, 1)
        triesUp.toggle()
        guard wanted != size else {
            restLeft = Double(rest * places)
            return
        }
        let from = size
        size = wanted
        begin(.trying(from: from))
    }

    private mutating func concludeTrial(from: Double) {
        guard block.answers >= max(size, adapts && !isTurnedAway ? 16 : 4) else { return }
        // Where something else holds, more room does no harm.
        guard block.isUsed else { return endTrial(at: max(from, size), isKept: size > from, isUp: false) }
        // Where too many are turned away, nobody waits: no refusal and no longer answers mean that there is room.
        if size > from, !adapts || isTurnedAway && !leisure.isOver { return goOnUp() }
        guard
            let isWorth = block.isWorth(
                change: size / from, from: held, effort, enough: max(4 * size, 64), certainty: 1.3)
        else { return }
        endTrial(at: isWorth ? size : from, isKept: isWorth, isUp: size > from)
    }

    private mutating func goOnUp() {
        rest = max(adapts ? 4 : 1, rest / 2)
        adapts ? begin(.opening) : begin(.returning(to: Double(maximum)))
    }

    private mutating func endTrial(at kept: Double, isKept: Bool, isUp: Bool) {
        size = kept
        if isKept {
            rest = max(adapts ? 2 : 1, rest / 2)
            climbs = isUp ? climbs + 1 : 0
            let block = block
            hold(block)
            // Twice upward is a slope, not chance: in great steps again.
            if climbs >= 2, adapts, size < Double(maximum) {
                climbs = 0
                grown = [(size, block)]
                begin(.growing(to: min(size * 2, Double(maximum))))
            }
        } else {
            rest = min(rest * 2, longestRest)
            climbs = 0
            startRest()
        }
    }

    // MARK: Turned away

    /// The first of a volley, which left with `level` in flight.
    ///
    /// Where more were in flight with requests that were answered, or as many and a learned rate was what held, the
    /// number is not what was too much, and the window stays.
    /// - Returns: whether the number in flight may have been too much.
    mutating func refused(level: Int, inFlight: Int, wasFull: Bool, wasPaced: Bool, now: Timestamp) -> Bool {
        lastLanding = now
        ramp = nil
        let isCapacity =
            Double(level) > acceptedLevel || wasFull && !wasPaced && Double(level) >= 0.95 * acceptedLevel
        volley = Volley(start: now, size: size, isCapacity: isCapacity)
        guard isCapacity else { return false }
        isTurnedAway = true
        // What else was refused is not known yet, and comes off when it is.
        let accepted = Double(max(level, inFlight) - 1)
        if case .trying(let from) = stage, size > from {
            return refused(trialFrom: from, accepted: accepted)
        }
        size = max(1, (min(size, accepted) * 0.95).rounded())
        grown = []
        rest = min(rest * 2, longestRest)
        startRest()
        return true
    }

    private mutating func refused(trialFrom from: Double, accepted: Double) -> Bool {
        size = max(1, min(from, accepted))
        rest = min(rest * 2, longestRest)
        climbs = 0
        startRest()
        return true
    }

    private mutating func startRest() {
        begin(.resting)
        held = ThroughputBlock()
        restLeft = Double(rest * places)
    }

    /// Another of the volley, which left before the window was cut: what is still in flight is what was accepted.
    mutating func refusedToo(inFlight: Int, now: Timestamp) {
        lastLanding = now
        guard let volley, volley.isCapacity else { return }
        size = max(1, min(size, Double(inFlight - 1)))
    }

    /// A request that left after the volley was answered.
    private mutating func end(_ volley: Volley) {
        self.volley = nil
        guard volley.isCapacity, size < 0.7 * volley.size else { return }
        begin(.returning(to: max(size + 1, (volley.size * 0.9).rounded(.down))))
    }

    /// After a pause of the whole endpoint a part of the window goes first.
    mutating func reopen() {
        volley = nil
        guard size >= 2 else { return }
        ramp = max(1, size / 2)
        if case .trying(let from) = stage { size = from }
        if stage == .opening { return }
        startRest()
    }

    /// Back to what held before an outage made it look as if nothing were accepted.
    mutating func restore(_ size: Double) {
        self.size = min(max(size, 1), Double(maximum))
        grown = []
        startRest()
    }
}
