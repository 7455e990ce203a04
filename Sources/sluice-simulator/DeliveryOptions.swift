import ArgumentParser
import SluiceSimulator

struct DeliveryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Pieces that a streamed content is cut into.", valueName: "pieces"))
    var chunks: Count = Count(number: 20)

    @Option(
        name: [.customLong("chunk-gap"), .customLong("chunk-interval")],
        help: ArgumentHelp("Time between two pieces of a streamed answer.", valueName: "time"))
    var chunkInterval: Time = Time(duration: .zero)

    @Option(
        help: ArgumentHelp(
            """
            How streams look; may be repeated. crlf, cr: line ends. bom: a byte order mark in front. split-data: \
            events in several data lines. no-space: nothing behind "data:". no-done: without [DONE]. linger: the \
            connection stays open behind the end. usage-never, usage-always (in an event of its own), usage-finish \
            (with the finish reason), usage-each (in each event, up to there); the default is as \
            stream_options.include_usage asks.
            """, valueName: "shape"))
    var streamShape: [StreamShapeName] = []

    @Option(
        help: ArgumentHelp(
            """
            How an error within a stream looks (--fault error200): event, done ([DONE] behind it), finish (with \
            finish_reason error), text (the error is a text).
            """, valueName: "event|done|finish|text"))
    var streamError: StreamErrorName?

    @Option(
        help: ArgumentHelp(
            "Send comments in streams, with this text behind the colon: while the first event is due and between two "
                + "events. '' sends bare colons.", valueName: "text"))
    var keepAlive: String?

    @Option(help: ArgumentHelp("Comments before the first event.", valueName: "comments"))
    var keepAliveCount: Amount?

    @Option(help: ArgumentHelp("Time between the comments of --fault stall-alive.", valueName: "time"))
    var keepAliveInterval: Time = Time(duration: .milliseconds(500))

    @Option(
        help: ArgumentHelp(
            "Blank lines before an answer that is no stream, the first at once, the others while it is due.",
            valueName: "lines"))
    var blankLines: Amount?

    @Option(
        help: ArgumentHelp(
            "The member that reasoning is told in; none only counts it.",
            valueName: "reasoning_content|reasoning|none"))
    var reasoningField: ReasoningField?

    func apply(to configuration: inout SimulatorConfiguration) {
        configuration.chunks = chunks.number
        configuration.chunkInterval = chunkInterval.duration
        configuration.keepAliveInterval = keepAliveInterval.duration
        for shape in streamShape { shape.apply(to: &configuration.imitation.delivery) }
        if let streamError { configuration.imitation.delivery.failure = streamError.failure }
        if let keepAlive { configuration.imitation.delivery.comment = keepAlive }
        if let keepAliveCount { configuration.imitation.delivery.commentsBefore = keepAliveCount.number }
        if let blankLines { configuration.imitation.delivery.blankLines = blankLines.number }
        if let reasoningField { configuration.imitation.answers.reasoning = reasoningField.member }
    }
}

/// A name of `--stream-shape`.
enum StreamShapeName: String, ExpressibleByArgument, CaseIterable {
    case crlf, cr, bom
    case splitData = "split-data"
    case noSpace = "no-space"
    case noDone = "no-done"
    case linger
    case usageNever = "usage-never"
    case usageAlways = "usage-always"
    case usageFinish = "usage-finish"
    case usageEach = "usage-each"

    func apply(to delivery: inout Delivery) {
        switch self {
        case .crlf: delivery.lineEnd = .crlf
        case .cr: delivery.lineEnd = .cr
        case .bom: delivery.byteOrderMark = true
        case .splitData: delivery.splitsData = true
        case .noSpace: delivery.omitsSpace = true
        case .noDone: delivery.endsInDone = false
        case .linger: delivery.lingers = true
        case .usageNever: delivery.usage = .never
        case .usageAlways: delivery.usage = .always
        case .usageFinish: delivery.usage = .withFinish
        case .usageEach: delivery.usage = .eachEvent
        }
    }
}

/// A name of `--stream-error`.
enum StreamErrorName: String, ExpressibleByArgument, CaseIterable {
    case event, done, finish, text

    var failure: Delivery.Failure {
        switch self {
        case .event: .event
        case .done: .eventAndDone
        case .finish: .finishReason
        case .text: .text
        }
    }
}

/// A name of `--reasoning-field`.
enum ReasoningField: String, ExpressibleByArgument, CaseIterable {
    case reasoning
    case reasoningContent = "reasoning_content"
    case none

    var member: StaticString? {
        switch self {
        case .reasoning: "reasoning"
        case .reasoningContent: "reasoning_content"
        case .none: nil
        }
    }
}
