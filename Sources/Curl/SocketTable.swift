/// What is known of libcurl's sockets by descriptor, so that a connection kept for reuse need not leave the poller.
///
/// libcurl has a socket watched from the request to the end of the answer, and the same again for the next request:
/// two system calls each time. A connection of which nothing is expected reports nothing, so it may as well stay
/// watched between requests. That holds for sockets whose end we are told of; the kernel forgets a closed one.
struct SocketTable {
    private enum State {
        /// Not opened by our callback, or no longer fit for resting.
        case unknown
        /// Opened by our callback.
        case opened
        /// Watched for reading, and for nothing else.
        case reading
        /// Watched for reading by the kernel; libcurl has no interest in it.
        case resting
    }

    private var states: [State] = []

    mutating func open(_ socket: Int32) {
        set(.opened, socket)
    }

    mutating func close(_ socket: Int32) {
        set(.unknown, socket)
    }

    /// libcurl wants the socket watched; false if the kernel watches it for that already.
    mutating func needsWatching(_ socket: Int32, forReadingOnly: Bool) -> Bool {
        switch state(socket) {
        case .unknown: return true
        case .resting where forReadingOnly:
            set(.reading, socket)
            return false
        case .opened, .reading, .resting:
            set(forReadingOnly ? .reading : .opened, socket)
            return true
        }
    }

    /// libcurl has no more interest; false if the socket may rest in the poller.
    ///
    /// A socket that was still connecting may be closed without our being told, so it is not trusted any longer.
    mutating func needsForgetting(_ socket: Int32) -> Bool {
        let rests = state(socket) == .reading
        set(rests ? .resting : .unknown, socket)
        return !rests
    }

    /// Something happened on a socket; true if that was one at rest, which must be forgotten now: its peer has closed
    /// it, most likely, and would be reported without end.
    mutating func wakesResting(_ socket: Int32) -> Bool {
        guard state(socket) == .resting else { return false }
        set(.opened, socket)
        return true
    }

    private func state(_ socket: Int32) -> State {
        let index = Int(socket)
        return index < states.count ? states[index] : .unknown
    }

    private mutating func set(_ state: State, _ socket: Int32) {
        let index = Int(socket)
        if index >= states.count {
            if state == .unknown { return }
            states.append(contentsOf: repeatElement(.unknown, count: index + 64 - states.count))
        }
        states[index] = state
    }
}
