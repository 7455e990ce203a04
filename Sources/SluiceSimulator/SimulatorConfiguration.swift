/// Everything that can be set about a simulated endpoint. The defaults answer every request at once.
package struct SimulatorConfiguration: Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// 0 takes a free port.
    package var port = 0
    /// Event-loop threads.
    package var threads = 1
    /// Delays and faults repeat with the seed.
    package var seed: UInt64 = 0

    /// From the last byte of a request to the first of its answer.
    package var latency = LatencyDistribution.none
    package var answer = SimulatedAnswer()
    /// The endpoint that is stood in for; its parts may be changed one by one.
    package var imitation = Imitation.none
    /// Pieces that a streamed content is cut into, at least 1.
    package var chunks = 20
    /// Between two pieces of a streamed answer.
    package var chunkInterval = Duration.zero
    /// Between two signs of life of the fault `stallAlive`.
    package var keepAliveInterval = Duration.milliseconds(500)
    /// What `GET …/models` lists; any model is answered.
    package var models = ["gpt-5.2"]
    /// Answer in gzip's format (stored, not compressed) where the client accepts it.
    package var gzip = false

    package var requestsPerMinute: Int?
    /// A request is charged its prompt tokens and `max_tokens` for each choice, or what it uses where that is not set.
    package var tokensPerMinute: Int?
    /// How many seconds' worth of the rates may come at once; at least one request or token may.
    package var burstSeconds = 1.0
    /// So many requests are worked on at a time; others wait for their turn, in the order in which they came.
    package var capacity: Int?
    /// More requests at a time are refused with `overloadStatus`.
    package var maximumInFlight: Int?
    /// Nil for that of the imitated endpoint.
    package var overloadStatus: Int?

    package var faults = FaultPlan()
    /// Sent as `Retry-After` with the faults 429 and 503.
    package var faultRetryAfter: Duration?

    /// When set, `Authorization: Bearer KEY` or `api-key: KEY` is demanded.
    package var key: String?
    /// After so many answers: 429 `insufficient_quota`.
    package var quota: Int?
    /// After so many answers every request gets a status.
    package var statusAfter: StatusAfter?

    /// A larger request body is refused with 413.
    package var maximumBodyBytes = 128 << 20
    /// Keep 16 to 30 bytes for each distinct body. Without it nothing is known of earlier attempts: duplicates read as
    /// 0, and a request's number stands in for its attempt.
    package var tracksDuplicates = true
    /// Keeps the requests as they came, all but those for `/stats` and `/requests`; `GET /requests` shows them.
    package var recorder: RequestRecorder?

    /// Answers by prompt, as `FixtureFolder` reads them: such a prompt gets that answer, once the request is let in.
    package var fixtures: [String: ScriptedReply] = [:]

    /// Asked for each request that was let in, with how often its body was begun before; nil lets the simulator answer.
    /// Runs on an event loop: it must return soon.
    package var script: Script?

    package typealias Script = @Sendable (RequestRecorder.Request, _ attempt: Int) -> ScriptedReply?

    package struct StatusAfter: Sendable, Equatable {
        package var answers: Int
        package var status: Int

        package init(answers: Int, status: Int) {
            self.answers = answers
            self.status = status
        }
    }

    package init() {}
}
