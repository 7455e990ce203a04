import SluiceSimulator

/// How often each row arrived at the endpoint, by its number.
final class SentRows: Sendable {
    private let counts = Mutexed<[Int: Int]>([:])

    var all: [Int: Int] { counts.withLock { $0 } }

    /// Counts the request, and lets the simulator answer it.
    func note(_ request: RequestRecorder.Request) {
        let marker = Array("Question ".utf8)
        guard let start = request.body.firstRange(of: marker)?.upperBound else { return }
        let digits = request.body[start...].prefix { (0x30...0x39).contains($0) }
        guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return }
        counts.withLock { $0[number, default: 0] += 1 }
    }
}
