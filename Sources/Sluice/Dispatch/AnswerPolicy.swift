/// What the job makes of an answer, whole or cut: whether it is content with it, or asks again.
struct AnswerPolicy {
    struct Fault: Equatable {
        enum Code: String {
            /// The answer failed the job's own check.
            case invalid = "failed_check"
            /// The answer stops at its token limit.
            case truncated
        }

        var code: Code
        /// A sentence; never quotes the answer.
        var words: String
    }

    enum Decision: Equatable {
        case settle(ResultClass, Fault?)
        case again(Amendment, Fault)
    }

    private let truncation: TruncationPolicy
    private let expectation: Expectation?
    private let check: AnswerCheck?
    private let reader = AnswerReader()

    init(truncation: TruncationPolicy, expectation: Expectation?) throws {
        self.truncation = truncation
        self.expectation = expectation
        check = try expectation.map { try AnswerCheck($0) }
    }

    func decide(_ resultClass: ResultClass, _ answer: [UInt8], _ claim: Claim) -> Decision {
        switch resultClass {
        case .truncated: truncated(claim)
        case .ok: checked(answer, claim)
        case .refused, .filtered, .invalid, .failed, .skipped, .unsent: .settle(resultClass, nil)
        }
    }

    /// Whether what came of an answer, when its last attempt broke off, counts as an answer that was cut.
    func isKept(brokenOff answer: [UInt8], _ claim: Claim) -> Bool {
        truncation != .fail && reader.texts(of: answer, url: claim.url).contains { $0?.isEmpty == false }
    }

    private func truncated(_ claim: Claim) -> Decision {
        switch truncation {
        case .keep:
            return .settle(.truncated, nil)
        case .fail:
            return .settle(.failed, Fault(code: .truncated, words: "the answer stops at its token limit"))
        case .grow(let factor, let cap):
            let limit = claim.amendment?.outputLimit ?? RequestAmendment.outputLimit(of: claim.body)?.value
            // A request that sets no limit was cut by the model's own, which no wish of ours moves.
            guard let limit, let next = RequestAmendment.grown(limit: limit, factor: factor, cap: cap) else {
                return .settle(.truncated, nil)
            }
            var amendment = claim.amendment ?? Amendment()
            amendment.outputLimit = next
            return .again(amendment, Fault(code: .truncated, words: "cut at \(limit) tokens; asked again with \(next)"))
        }
    }

    private func checked(_ answer: [UInt8], _ claim: Claim) -> Decision {
        guard let check, let expectation else { return .settle(.ok, nil) }
        let texts = reader.texts(of: answer, url: claim.url)
        guard let (text, words) = firstFault(of: texts, check) else { return .settle(.ok, nil) }
        let fault = Fault(code: .invalid, words: words)
        guard claim.invalids + 1 < expectation.attempts else { return .settle(.invalid, fault) }
        var amendment = claim.amendment ?? Amendment()
        if expectation.correct {
            amendment.turns = RequestAmendment.correctingTurns(answerText: text, fault: words)
        }
        return .again(amendment, fault)
    }

    private func firstFault(of texts: [[UInt8]?], _ check: AnswerCheck) -> (text: [UInt8], words: String)? {
        if texts.isEmpty { return ([], Self.noText) }
        for text in texts {
            guard let text else { return ([], Self.noText) }
            if let words = check.fault(in: text) { return (text, words) }
        }
        return nil
    }

    private static let noText = "the answer has no text"
}

extension AttemptRecord {
    mutating func take(_ fault: AnswerPolicy.Fault) {
        errorCode = fault.code.rawValue
        error = fault.words
    }
}
