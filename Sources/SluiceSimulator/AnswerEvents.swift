/// A streamed answer as its events, before faults and form.
struct AnswerEvents {
    var opening: [StreamEvent] = []
    /// What the content is told in.
    var pieces: [StreamEvent] = []
    var closing: [StreamEvent] = []

    /// The events that are sent: all, or under some faults the first half of the content, and `failure` behind it.
    func send(_ fault: Fault?, failure: [StreamEvent]) -> [StreamEvent] {
        switch fault {
        case .truncated, .cut, .stallHalf: opening + pieces.prefix((pieces.count + 1) / 2)
        case .error200: opening + pieces.prefix((pieces.count + 1) / 2) + failure
        default: opening + pieces + closing
        }
    }
}
