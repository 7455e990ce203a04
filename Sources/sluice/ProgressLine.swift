import Dispatch
import Sluice
import Synchronization

/// Shows how a run gets on: one line that is written over on a terminal, a plain line every few seconds elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var timer: (any DispatchSourceTimer)?
        var isLineOpen = false
        var lastShown: Timestamp?
        var meter = RateMeter()
        var lastTrouble: String?
        /// It was said that the run will be late; said again only after it was in time for a while.
        var isLate = false
    }

    private let isShown: Bool
    private let isTerminal = Console.isTerminal
    private let timekeeper = SystemTimekeeper()
    private let state = Mutex(State())

    init(isShown: Bool) { self.isShown = isShown }

    private var interval: Duration { isTerminal ? .milliseconds(200) : .seconds(5) }

    /// Shows a line, unless the one before is still fresh.
    func show(_ line: @autoclosure () -> String) {
        guard isShown else { return }
        let now = timekeeper.now()
        state.withLock { state in
            if let last = state.lastShown, now - last < interval { return }
            // The first plain line waits too: short work needs none.
            if state.lastShown == nil, !isTerminal {
                state.lastShown = now
                return
            }
            state.lastShown = now
            write(line(), &state)
        }
    }

    /// Shows what `monitor` says until `end()`.
    func follow(_ monitor: RunMonitor) {
        guard isShown else { return }
        let period = Double(interval.milliseconds) / 1000
        let now = timekeeper.now()
        state.withLock { state in
            state.meter.note(0, at: now)
            let timer = DispatchSource.makeTimerSource(queue: .global())
            timer.schedule(deadline: .now() + period, repeating: period)
            timer.setEventHandler { [self] in show(monitor) }
            timer.resume()
            state.timer = timer
        }
    }

    private func show(_ monitor: RunMonitor) {
        let snapshot = monitor.snapshot
        let now = timekeeper.now()
        state.withLock { state in
            // The timer may fire once more while it is being cancelled.
            guard state.timer != nil else { return }
            state.meter.note(snapshot.settledNow, at: now)
            write(Self.line(snapshot, rate: state.meter.perSecond), &state)
            if let trouble = snapshot.trouble, trouble != state.lastTrouble {
                clear(&state)
                Console.tell(trouble)
            }
            state.lastTrouble = snapshot.trouble
            tellIfLate(snapshot, now, &state)
        }
    }

    private func tellIfLate(_ snapshot: RunMonitor.Snapshot, _ now: Timestamp, _ state: inout State) {
        guard let deadline = snapshot.finishBy else { return }
        let left = snapshot.rows - snapshot.totals.settled
        switch Punctuality(deadline).expected(rowsLeft: left, rate: state.meter.perSecond, now: now) {
        case .unknown: break
        case .inTime: state.isLate = false
        case .late(let time):
            guard !state.isLate else { return }
            state.isLate = true
            clear(&state)
            Console.tell(
                "at this pace it ends \(RunReport.duration(time)) after finish_by, \(deadline.localText)")
        }
    }

    func end() {
        state.withLock { state in
            state.timer?.cancel()
            state.timer = nil
            clear(&state)
        }
    }

    func clear() { state.withLock { clear(&$0) } }

    private func write(_ line: String, _ state: inout State) {
        guard isTerminal else { return Console.tell(line) }
        // Cut to the window, or a line that wraps would stay behind.
        Console.tell(unended: "\r\u{1B}[K" + String(line.prefix(max(Console.width - 1, 20))))
        state.isLineOpen = true
    }

    private func clear(_ state: inout State) {
        guard state.isLineOpen else { return }
        Console.tell(unended: "\r\u{1B}[K")
        state.isLineOpen = false
    }

    private static func line(_ snapshot: RunMonitor.Snapshot, rate: Double?) -> String {
        let totals = snapshot.totals
        let settled = totals.settled
        var parts = ["\(RunReport.grouped(settled))/\(RunReport.grouped(snapshot.rows))"]
        if let rate { parts.append("\(RunReport.rate(rate))/s") }
        parts.append("\(RunReport.grouped(snapshot.inFlight)) in flight")
        parts.append("\(RunReport.grouped(totals.totalTokens)) tokens")
        if totals.cost > .zero { parts.append("$\(totals.cost.short)") }
        if totals.retries > 0 { parts.append("\(RunReport.grouped(totals.retries)) retried") }
        if totals.throttles > 0 { parts.append("\(RunReport.grouped(totals.throttles)) throttled") }
        let bad = settled - totals[.ok]
        if bad > 0 { parts.append("\(RunReport.grouped(bad)) not ok") }
        if let hold = snapshot.hold { parts.append("bound by \(hold.words)") }
        if let rate, rate > 0, snapshot.rows > settled {
            parts.append("\(RunReport.duration(.seconds(Double(snapshot.rows - settled) / rate))) left")
        }
        return parts.joined(separator: " · ")
    }
}
