import Testing

@testable import Curl

@Suite("Which sockets may rest in the poller")
struct SocketTableTests {
    enum Step {
        case open, close, connect, read, letGo, report
    }

    /// The steps in turn on one socket, and for each whether the poller must be told.
    private func calls(_ steps: [Step], socket: Int32 = 5) -> [Bool] {
        var table = SocketTable()
        return steps.map { step in
            switch step {
            case .open: table.open(socket)
            case .close: table.close(socket)
            case .connect: return table.needsWatching(socket, forReadingOnly: false)
            case .read: return table.needsWatching(socket, forReadingOnly: true)
            case .letGo: return table.needsForgetting(socket)
            case .report: return table.wakesResting(socket)
            }
            return false
        }
    }

    @Test("A connection of ours rests between requests, at no call")
    func rests() {
        #expect(
            calls([.open, .connect, .read, .letGo, .read, .report, .letGo, .connect])
                == [false, true, true, false, false, false, false, true])
    }

    @Test("One that reports something while it rests is forgotten, once")
    func wakes() {
        #expect(calls([.open, .read, .letGo, .report, .report, .read]) == [false, true, false, true, false, true])
    }

    @Test("A closed socket's number starts afresh")
    func closed() {
        #expect(
            calls([.open, .read, .letGo, .close, .read, .letGo], socket: 900)
                == [false, true, false, false, true, true])
    }

    @Test("Sockets that libcurl opened itself never rest")
    func unknown() {
        #expect(calls([.read, .letGo, .read, .letGo]) == [true, true, true, true])
    }

    @Test("One let go while it was connecting is not trusted again")
    func connecting() {
        #expect(calls([.open, .connect, .letGo, .read, .letGo]) == [false, true, true, true, true])
    }
}
