/// Decides what becomes of a request after one attempt, by what came back and by the job's own rules.
///
/// Owns parsers, and so belongs to one thread or actor at a time.
struct AttemptJudge {
    /// What an attempt means for the requests beside it.
    enum Consequence: Equatable {
        case none
        /// The endpoint serves.
        case answered
        /// It asks for less, and perhaps names a pause.
        case turnedAway(pause: Duration?)
        /// No connection came about: nothing left, and the request is as it was.
        case unreachable(words: String)
        /// Nothing more should be sent.
        case stop(RunEnd)
    }

    /// What becomes of one attempt.
    struct Judgement {
        var record: AttemptRecord
        var consequence: Consequence
        /// Nil where it tells nothing of the endpoint's health.
        var sign: EndpointSign?
    }

    private let classifier: OutcomeClassifier
    private let policy: AnswerPolicy
    private let settings: Dispatcher.Settings

    init(_ settings: Dispatcher.Settings) throws {
        self.settings = settings
        classifier = OutcomeClassifier(secrets: settings.secrets)
        policy = try AnswerPolicy(truncation: settings.truncation, expectation: settings.expectation)
    }

    /// - Parameters:
    ///   - askedModel: the model that was asked for in the place of the request's own.
    ///   - price: of the endpoint that was asked.
    func judge(
        _ claim: Claim, _ reply: TransportReply, from start: Timestamp, to end: Timestamp, askedModel: String? = nil,
        price: Pricing?
    ) -> Judgement {
        // Filled where it is handed on: a record is large, and holds much that a copy would count once more.
        var judgement = Judgement(
            record: AttemptRecord(claim: claim, sentAt: start, endedAt: end, ending: .failed, disposition: .released),
            consequence: .answered)
        fill(&judgement, claim, reply, askedModel: askedModel, price: price)
        return judgement
    }

    private func fill(
        _ judgement: inout Judgement, _ claim: Claim, _ reply: TransportReply, askedModel: String?, price: Pricing?
    ) {
        let outcome = classifier.classify(reply.result, url: claim.url, now: judgement.record.endedAt.milliseconds)
        judgement.record.askedModel = askedModel
        judgement.record.take(outcome, reply, price: price, claim: claim)
        let answer = (outcome.document ?? reply.body).map { Secrets.redacted($0, settings.secrets) }
        switch outcome.verdict {
        case .settle(let resultClass):
            settle(claim, resultClass, answer, &judgement.record)
            // Of what it says, only a rejection's words are asked for.
            judgement.sign = resultClass == .failed ? EndpointSign(outcome) : .answered
        case .retry(let cause, let after):
            judgement.consequence = retry(claim, cause, after: after, answer: answer, &judgement.record)
            // A stream that broke off holds text that was paid for.
            if outcome.document != nil { keepPart(answer, of: claim, wasCut: cause.isCut, &judgement.record) }
            judgement.sign = EndpointSign(outcome)
        case .stop(let cause, let words):
            judgement.record.ending = .stopped
            judgement.consequence = .stop(.stopped(cause, words: words))
        }
    }

    /// A file that the request takes in cannot be sent as it was planned.
    func unsendable(_ claim: Claim, _ fault: AttachmentFault, at now: Timestamp) -> AttemptRecord {
        var record = AttemptRecord(claim: claim, sentAt: nil, endedAt: now, ending: .failed, disposition: .released)
        record.errorCode = fault.code.rawValue
        record.error = fault.description
        record.settle(.failed, answer: nil)
        return record
    }

    private func settle(
        _ claim: Claim, _ resultClass: ResultClass, _ answer: [UInt8]?, _ record: inout AttemptRecord
    ) {
        switch policy.decide(resultClass, answer ?? [], claim) {
        case .settle(let final, let fault):
            record.settle(final, answer: answer)
            if let fault { record.take(fault) }
        case .again(let amendment, let fault):
            record.ending = fault.code == .invalid ? .invalid : .truncated
            record.disposition = .again(notBefore: record.endedAt)
            record.take(fault)
            record.amendment = amendment
            record.keptAnswer = answer
        }
    }

    /// Of a stream that broke off, what came stays with the attempt; where it was the last one, it may settle the row.
    private func keepPart(_ answer: [UInt8]?, of claim: Claim, wasCut: Bool, _ record: inout AttemptRecord) {
        switch record.disposition {
        case .settled(_, let answer?) where wasCut && policy.isKept(brokenOff: answer, claim):
            record.settle(.truncated, answer: answer)
        case .settled: break
        case .again, .released: record.keptAnswer = answer
        }
    }

    private func retry(
        _ claim: Claim, _ cause: RetryCause, after: Duration?, answer: [UInt8]?, _ record: inout AttemptRecord
    ) -> Consequence {
        guard cause != .cancelled else {
            // Given up before a byte had left, the request is as it was.
            if record.possiblyBilled { record.ending = .unknown } else { record.markUnsent() }
            return .none
        }
        if cause.isUnreachable, !record.possiblyBilled {
            record.markUnsent()
            return .unreachable(words: record.error ?? "no connection")
        }
        let decision = settings.retry.decide(
            cause, after: after, attempts: claim.attempts + (cause.countsAsAttempt ? 1 : 0),
            throttles: claim.throttles + (cause.isThrottle ? 1 : 0), random: Double.random(in: 0..<1))
        switch decision {
        case .again(let wait):
            record.ending = cause.isThrottle ? .throttled : .retried
            record.disposition = .again(notBefore: record.endedAt + wait)
            return cause.isThrottle ? .turnedAway(pause: after) : .none
        case .giveUp:
            record.settle(.failed, answer: answer)
            return cause.isThrottle ? .turnedAway(pause: nil) : .none
        case .stop(let wait):
            record.ending = .throttled
            return .stop(.throttled(wait: wait))
        }
    }
}
