import Synchronization

/// Keeps the requests that a simulator received, byte for byte, for tests in the same process.
///
/// Any thread may read it. It holds at most `maximumRequests` requests and `maximumBytes` bytes of bodies: what comes
/// after that is only counted.
package final class RequestRecorder: Sendable {
    package struct Request: Sendable, Equatable {
        package var method: String
        /// Path and query as sent.
        package var target: String
        /// In the order and spelling in which they were sent.
        package var headers: [Header]
        package var body: [UInt8]

        /// The target up to its query.
        package var path: String { String(target.prefix { $0 != "?" }) }

        /// The target's query without its mark; nil where it has none.
        package var query: String? {
            target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) }
        }

        /// The value of the first header of that name, in any case.
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    private struct State {
        var requests: [Request] = []
        var bytes = 0
        var dropped = 0
    }

    private let maximumRequests: Int
    private let maximumBytes: Int
    private let state = Mutex(State())

    package init(maximumRequests: Int = 10_000, maximumBytes: Int = 256 << 20) {
        self.maximumRequests = maximumRequests
        self.maximumBytes = maximumBytes
    }

    /// In the order in which they were complete.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// How many came after the recorder was full.
    package var dropped: Int { state.withLock { $0.dropped } }

    /// Forgets all.
    package func reset() {
        state.withLock { $0 = State() }
    }

    func record(_ request: Request) {
        state.withLock { state in
            guard state.requests.count < maximumRequests, state.bytes + request.body.count <= maximumBytes else {
                state.dropped += 1
                return
            }
            state.bytes += request.body.count
            state.requests.append(request)
        }
    }
}
