import JSON

/// Turns what came back for one attempt into its outcome.
///
/// The status decides first, then the body as JSON, then as text; the content type is not asked, except for streams.
/// Owns a parser, and so belongs to one thread or actor at a time.
package struct OutcomeClassifier {
    let parser = JSONParser()
    /// Keys, removed from whatever a provider says before it is kept.
    let secrets: [[UInt8]]

    package init(secrets: [[UInt8]] = []) {
        self.secrets = secrets
    }

    /// - Parameters:
    ///   - url: the request's path, which says what shape of answer to expect.
    ///   - now: milliseconds since 1970, for a `Retry-After` that is a date.
    package func classify(_ result: Result<HTTPAnswer, TransportFailure>, url: String, now: Int64) -> Outcome {
        switch result {
        case .success(let answer): classify(answer, kind: AnswerKind(url: url), now: now)
        case .failure(let failure): classify(failure, kind: AnswerKind(url: url), now: now)
        }
    }

    private func classify(_ answer: HTTPAnswer, kind: AnswerKind, now: Int64) -> Outcome {
        guard (200..<300).contains(answer.status) else { return readRejection(answer, now: now) }
        var outcome = Outcome(verdict: .settle(.ok), status: answer.status)
        readAnswer(answer, kind: kind, now: now, into: &outcome)
        return outcome
    }

    /// A transfer that failed. What had come of an answer still counts where it is enough: a rejection by its status
    /// alone, an answer when nothing of it is missing.
    private func classify(_ failure: TransportFailure, kind: AnswerKind, now: Int64) -> Outcome {
        var partialOutcome: Outcome?
        if let partial = failure.partial, failure.kind != .tooLarge, failure.kind != .cancelled {
            let outcome = classify(partial, kind: kind, now: now)
            guard case .retry(.unusable, _) = outcome.verdict else { return outcome }
            partialOutcome = outcome
        }
        var outcome = Outcome(verdict: .retry(.transport(failure.kind), after: nil), status: failure.status)
        switch failure.kind {
        case .tooLarge: outcome.verdict = .settle(.failed)
        case .cancelled: outcome.verdict = .retry(.cancelled, after: nil)
        case .resolve, .connect, .tls, .timeout, .reset, .other: break
        }
        outcome.errorCode = failure.code
        outcome.errorMessage = SafeText.make(Array(failure.message.utf8)[...], redacting: secrets)
        outcome.possiblyBilled = failure.sentBytes
        outcome.requestID = failure.partial.flatMap { HeaderFacts($0.headers, secrets: secrets).requestID }
        outcome.document = partialOutcome?.document
        outcome.servedModel = partialOutcome?.servedModel
        return outcome
    }

    private func readRejection(_ answer: HTTPAnswer, now: Int64) -> Outcome {
        let facts = HeaderFacts(answer.headers, secrets: secrets)
        var body = answer.body
        if let stream = stream(of: answer, facts) { body = stream.document }
        let root = try? parser.parse(Self.withoutMark(body))
        let error = root.flatMap { ProviderError($0, isRejection: true, secrets: secrets) }
        let wait = RetryAfter.read(answer.headers, now: now) ?? error?.retryDelay
        var outcome = Outcome(verdict: .settle(.failed), status: answer.status)
        outcome.requestID = facts.requestID ?? root?["request_id"]?.shortText(redacting: secrets)
        outcome.reportedPicoDollars = facts.reportedPicoDollars
        outcome.errorCode = error?.code ?? error?.type ?? "http_\(answer.status)"
        outcome.errorType = error?.type
        outcome.errorMessage =
            error?.message ?? (root == nil ? words(ofText: body, status: answer.status) : "HTTP \(answer.status)")
        outcome.verdict = Self.verdict(
            status: answer.status, meaning: error?.meaning, wait: wait, shouldRetry: facts.shouldRetry,
            words: outcome.errorMessage)
        // A gateway that stopped waiting does not stop the model behind it.
        outcome.possiblyBilled = answer.status == 504 || answer.status == 524
        return outcome
    }

    /// The answer as a stream, put together on its way or only now; nil where it is none.
    private func stream(of answer: HTTPAnswer, _ facts: HeaderFacts) -> StreamedAnswer? {
        if let stream = answer.stream { return stream }
        guard facts.isEventStream || StreamedAnswer.looksLikeStream(answer.body) else { return nil }
        return StreamedAnswer(answer.body, parser: parser)
    }

    private func readAnswer(_ answer: HTTPAnswer, kind: AnswerKind, now: Int64, into outcome: inout Outcome) {
        let facts = HeaderFacts(answer.headers, secrets: secrets)
        outcome.requestID = facts.requestID
        outcome.reportedPicoDollars = facts.reportedPicoDollars
        var streamEnd = StreamAssembler.End.complete
        if let stream = stream(of: answer, facts) {
            outcome.document = stream.document
            streamEnd = stream.end
        }
        let body = outcome.document ?? answer.body
        let markLength = Self.markLength(body)
        let root: JSONValue
        do {
            root = try parser.parse(body[markLength...])
        } catch {
            outcome.fail(unusable: Self.isBlank(body) ? .empty : .notJSON, words: words(notJSON: body, error, answer))
            return
        }
        var members = AnswerMembers()
        read(root, offset: markLength, into: &outcome, &members)
        if members.nameAnError || root.kind == .array,
            let error = ProviderError(root, isRejection: false, secrets: secrets)
        {
            apply(error, answer, facts, now: now, to: &outcome)
            return
        }
        let reading = AnswerReading(root, members, kind: kind, secrets: secrets)
        outcome.finishReason = reading.finishReason
        if streamEnd == .cutShort {
            outcome.fail(unusable: .cutShort, words: "the stream ended before the answer did")
            return
        }
        switch reading.end {
        case .settled(let resultClass):
            outcome.verdict = .settle(resultClass)
            outcome.textIsEmpty = reading.textIsEmpty
        case .unusable(let why):
            if let fault = reading.error {
                let error = ProviderError(error: fault, document: root, secrets: secrets)
                apply(error, answer, facts, now: now, to: &outcome)
                return
            }
            // Where there is no answer, there may be words about it in a looser shape.
            let error = ProviderError(root, isRejection: true, secrets: secrets)
            outcome.errorType = error?.type
            outcome.fail(unusable: why, words: error?.message ?? Self.words(why, reason: reading.finishReason))
        }
    }

    /// Reads what is to be recorded beside the answer, and finds what tells how it ended.
    private func read(
        _ root: JSONValue, offset: Int, into outcome: inout Outcome, _ members: inout AnswerMembers
    ) {
        AnswerMembers.names.forEach(in: root) { name, value in
            switch name {
            case .model: outcome.servedModel = value.shortText(redacting: secrets)
            case .tier: outcome.serviceTier = value.shortText(redacting: secrets)
            // Anthropic has it in the body of an error as well, where no proxy can lose it.
            case .requestID:
                if outcome.requestID == nil { outcome.requestID = value.shortText(redacting: secrets) }
            case .usage: read(usage: value, offset: offset, into: &outcome)
            default: members.take(name, value)
            }
        }
    }

    private func read(usage: JSONValue, offset: Int, into outcome: inout Outcome) {
        guard case .object = usage.kind else { return }
        let range = usage.range
        var cost: JSONValue?
        outcome.usage = Usage(usage, cost: &cost)
        outcome.usageRange = range.lowerBound + offset..<range.upperBound + offset
        if let cost, cost.kind == .number {
            let charged = cost.withRawBytes { ReportedCost.picoDollars(Array($0)[...]) }
            outcome.reportedPicoDollars = charged ?? outcome.reportedPicoDollars
        }
    }

    /// An error inside an answer of status 200 counts as the status that it names itself.
    private func apply(
        _ error: ProviderError, _ answer: HTTPAnswer, _ facts: HeaderFacts, now: Int64, to outcome: inout Outcome
    ) {
        outcome.errorCode = error.code ?? error.type ?? RetryCause.Unusable.error.rawValue
        outcome.errorType = error.type
        outcome.errorMessage = error.message ?? "an error without words in an answer of HTTP \(answer.status)"
        outcome.verdict = Self.verdict(
            status: error.status, meaning: error.meaning,
            wait: RetryAfter.read(answer.headers, now: now) ?? error.retryDelay, shouldRetry: facts.shouldRetry,
            words: outcome.errorMessage)
        outcome.possiblyBilled = outcome.usage == nil && error.status == nil
    }
}

extension Outcome {
    /// A 2xx that is no answer. The provider may charge for it all the same, unless it says what it counted.
    fileprivate mutating func fail(unusable: RetryCause.Unusable, words: String) {
        verdict = .retry(.unusable(unusable), after: nil)
        errorCode = unusable.rawValue
        errorMessage = words
        possiblyBilled = usage == nil
    }
}
