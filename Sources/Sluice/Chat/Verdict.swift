/// What to do about one attempt.
package enum Verdict: Sendable, Equatable {
    /// The request is done, in this class.
    case settle(ResultClass)
    /// Worth asking again, not before `after` where the endpoint named a wait.
    case retry(RetryCause, after: Duration?)
    /// The endpoint will refuse every other request as well: stop sending to it. The request itself stays unsettled.
    case stop(StopCause, words: String)
}

/// Why an attempt may be repeated.
package enum RetryCause: Sendable, Equatable {
    /// Told to slow down. Says nothing about the request, so it never counts as one of its attempts.
    case throttled(status: Int)
    /// A status that passes: 408, 409, 425, 5xx.
    case status(Int)
    case transport(TransportFailure.Kind)
    /// A 2xx whose body is no answer.
    case unusable(Unusable)
    /// Given up by us; never counts as an attempt.
    case cancelled

    package enum Unusable: String, Sendable {
        case empty = "empty_body"
        case notJSON = "not_json"
        case noAnswer = "no_answer"
        /// An error without a status of its own, inside a 200.
        case error = "error_in_answer"
        /// The stream stopped before its choices had finished.
        case cutShort = "cut_short"
        /// A finish reason that names a fault of the server, or none at all.
        case unfinished
    }

    package var isThrottle: Bool {
        if case .throttled = self { true } else { false }
    }

    /// No connection came about: a fault of the endpoint or of the way to it, not of the request.
    package var isUnreachable: Bool {
        switch self {
        case .transport(.resolve), .transport(.connect), .transport(.tls), .transport(.timeout(.connect)): true
        default: false
        }
    }

    /// What there was of an answer, if anything, broke off before its end.
    package var isCut: Bool {
        switch self {
        case .unusable(.cutShort), .transport: true
        case .throttled, .status, .unusable, .cancelled: false
        }
    }

    /// Whether the attempt counts against the request's own attempts.
    package var countsAsAttempt: Bool {
        switch self {
        case .throttled, .cancelled: false
        case .status, .transport, .unusable: true
        }
    }
}

/// Why a run stops sending to an endpoint.
package enum StopCause: String, Sendable {
    /// 401: the key is missing, wrong or revoked.
    case unauthorized
    /// 402, or a quota or spending limit that waiting a minute does not lift.
    case quota
    /// 403: the key may not use this model, region or endpoint.
    case forbidden
    /// It turned down every one of its first requests in the same way, as where it does not know the model.
    case rejected
}
