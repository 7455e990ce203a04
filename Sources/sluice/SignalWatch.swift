import Dispatch
import Sluice

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns the signals that ask a program to end into wishes to stop, as long as it lives.
struct SignalWatch {
    private let sources: [any DispatchSourceSignal]

    init(_ stops: StopRequests) {
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { stops.ask() }
            source.resume()
            return source
        }
        // A reader that goes away is told by a failing write.
        signal(SIGPIPE, SIG_IGN)
    }

    func end() { for source in sources { source.cancel() } }
}
