import ArgumentParser
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
            source.setEventHandler {
                stops.ask()
                leaveIfNobodyHears(stops)
            }
            source.resume()
            return source
        }
        // A reader that goes away is told by a failing write.
        signal(SIGPIPE, SIG_IGN)
    }

    func end() { for source in sources { source.cancel() } }
}

/// The planner looks for a wish between rows, and a row may never come, as at a terminal that nobody types at. What it
/// has staged counts for nothing, so that the program can end where it stands.
private func leaveIfNobodyHears(_ stops: StopRequests) {
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.5) {
        guard !stops.isHeard else { return }
        Console.tell("sluice: interrupted; nothing is being sent, and the same command goes on")
        exit(ExitCode.workLeft.rawValue)
    }
}
