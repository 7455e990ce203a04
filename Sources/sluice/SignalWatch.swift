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
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            // Whoever started the program had it ignored already, as nohup does: it stays so.
            guard !Self.isIgnored(number) else { return nil }
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

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Glibc)
            let handler = action.__sigaction_handler.sa_handler
        #else
            let handler = action.__sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
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
