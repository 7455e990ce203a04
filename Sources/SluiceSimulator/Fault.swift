/// A way in which the simulated endpoint can go wrong.
package enum Fault: Sendable, Hashable {
    /// An error answer with this status, 400 to 599, in OpenAI's shape.
    case status(Int)
    /// The connection is reset (TCP RST) before a byte of the answer.
    case reset
    /// The connection is closed in good order before a byte of the answer.
    case closed
    /// A well-framed 200 whose JSON stops half-way; of a stream, the end is missing.
    case truncated
    /// A 200 whose connection closes before the promised bytes have come.
    case cut
    /// No answer ever; the connection stays open until the client gives up.
    case stall
    /// No answer ever, but signs of life: comments in a stream, else blank lines.
    case stallAlive
    /// Half of the answer, then nothing; the connection stays open.
    case stallHalf
    /// A proxy's 502 page in HTML.
    case html502
    /// A 200 whose content holds a byte that is not UTF-8.
    case badUTF8
    /// A 200 that carries an `error` object and no choices; in a stream, after half of the content.
    case error200
    /// A 200 with `"choices":[]`.
    case emptyChoices
    /// A good answer behind blank lines, as some endpoints send while they queue. It counts as answered.
    case blankLines

    /// The name on the command line and in the statistics.
    package var name: String {
        switch self {
        case .status(let code): String(code)
        case .reset: "reset"
        case .closed: "closed"
        case .truncated: "truncated"
        case .cut: "cut"
        case .stall: "stall"
        case .stallAlive: "stall-alive"
        case .stallHalf: "stall-half"
        case .html502: "html502"
        case .badUTF8: "badutf8"
        case .error200: "error200"
        case .emptyChoices: "empty-choices"
        case .blankLines: "blank-lines"
        }
    }

    package static let named: [Fault] = [
        .reset, .closed, .truncated, .cut, .stall, .stallAlive, .stallHalf, .html502, .badUTF8, .error200,
        .emptyChoices, .blankLines,
    ]

    /// The fault of a name; nil when there is none.
    package init?(name: some StringProtocol) {
        if let code = Int(name), (400...599).contains(code) {
            self = .status(code)
        } else if let fault = Self.named.first(where: { $0.name == name }) {
            self = fault
        } else {
            return nil
        }
    }

    /// Whether the request is answered all the same.
    var answers: Bool { self == .blankLines }
}

/// Faults with their rates: which part of the requests meets which fault.
package struct FaultPlan: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var fault: Fault
        /// The part of the requests, 0 ... 1.
        package var rate: Double

        package init(_ fault: Fault, rate: Double) {
            self.fault = fault
            self.rate = rate
        }
    }

    package var entries: [Entry]
    /// When set, only the first attempt of a body can meet a fault: a retry always passes.
    package var onFirstAttemptOnly: Bool

    package init(_ entries: [Entry] = [], onFirstAttemptOnly: Bool = false) {
        self.entries = entries
        self.onFirstAttemptOnly = onFirstAttemptOnly
    }

    /// The fault that attempt `attempt` (0 for the first) of a body meets: always the same for the same arguments.
    func fault(seed: UInt64, body: UInt64, attempt: UInt64) -> Fault? {
        guard !entries.isEmpty, attempt == 0 || !onFirstAttemptOnly else { return nil }
        var random = RepeatableRandom(seed: seed, body: body, attempt: attempt, purpose: 1)
        var left = random.nextFraction()
        for entry in entries {
            left -= entry.rate
            if left < 0 { return entry.fault }
        }
        return nil
    }
}
