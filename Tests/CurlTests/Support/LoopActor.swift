import Curl
import Synchronization

/// An actor that lives on a loop's thread, as the real dispatcher does.
actor LoopActor {
    private let loop: TransferLoop
    private(set) var counted = 0
    private(set) var alwaysOnLoop = true

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ loop: TransferLoop) {
        self.loop = loop
    }

    func count() {
        look()
        counted += 1
    }

    func send(_ body: [UInt8], _ profile: TransferProfile) async -> Result<HTTPResponse, TransferFailure> {
        look()
        let result = await loop.send(body, profile)
        look()
        return result
    }

    /// Sends many requests at a time, a child task each, and returns the bodies of the answers.
    func sendAll(_ bodies: [[UInt8]], _ profile: TransferProfile) async -> Set<String> {
        await withTaskGroup(of: String.self) { group in
            for body in bodies {
                group.addTask { (try? await self.send(body, profile).get().body.text) ?? "failed" }
            }
            look()
            var answers: Set<String> = []
            while let answer = await group.next() { answers.insert(answer) }
            return answers
        }
    }

    /// Whether a request's end is told before the call that sends it has returned.
    func isToldWhileSending(_ body: [UInt8], _ profile: TransferProfile) async -> Bool {
        look()
        let told = Mutex(false)
        var wasTold = false
        await withUnsafeContinuation { (done: UnsafeContinuation<Void, Never>) in
            loop.send(body, profile) { _ in
                told.withLock { $0 = true }
                done.resume()
            }
            wasTold = told.withLock { $0 }
        }
        return wasTold
    }

    func giveUp() {
        look()
        loop.giveUp()
    }

    func shutdown() {
        look()
        loop.shutdown()
    }

    private func look() {
        preconditionIsolated()
        alwaysOnLoop = alwaysOnLoop && loop.isOnLoopThread
    }
}
