/// How an endpoint sends: what comes while a client waits, and the form of its event streams.
package struct Delivery: Sendable {
    package enum LineEnd: Sendable {
        case lf, crlf, cr

        var bytes: StaticString {
            switch self {
            case .lf: "\n"
            case .crlf: "\r\n"
            case .cr: "\r"
            }
        }
    }

    /// Where a stream tells its usage.
    package enum Usage: Sendable {
        /// In an event without choices, if `stream_options.include_usage` asks for it.
        case onRequest
        case never
        /// In an event without choices, asked for or not.
        case always
        /// Together with the finish reason.
        case withFinish
        /// In each event, up to there.
        case eachEvent
    }

    /// How an error within a stream looks.
    package enum Failure: Sendable {
        case event
        /// `[DONE]` behind it, as of vLLM.
        case eventAndDone
        /// Beside a choice whose finish reason is `error`, as of OpenRouter.
        case finishReason
        /// `"error"` is a text, as of Ollama.
        case text
    }

    package var lineEnd = LineEnd.lf
    package var byteOrderMark = false
    /// Events are cut into several `data` lines, at commas of the outermost object.
    package var splitsData = false
    /// Nothing stands between `data:` and its text.
    package var omitsSpace = false
    package var endsInDone = true
    /// The connection stays open behind the last event, and the body does not end.
    package var lingers = false
    package var usage = Usage.onRequest
    /// Whether `stream_options.continuous_usage_stats` is known.
    package var knowsContinuousUsage = true
    package var failure = Failure.eventAndDone
    /// An event without choices comes first, as of Azure.
    package var opensWithoutChoices = false
    /// What stands behind the colon of comments; nil sends none. Some come while the first event is due, one between
    /// two events.
    package var comment: String?
    package var commentsBefore = 2
    /// Blank lines before an answer that is no stream, the first at once.
    package var blankLines = 0

    package init() {}
}
