import CCurl

/// Drives transfers over one libcurl multi handle, a step at a time.
///
/// Belongs to the loop's thread, but for `poller.wake()`. libcurl calls back only from within the calls made here, and
/// no callback calls libcurl's multi interface; what must happen because of one is noted and done afterwards.
final class TransferEngine {
    let poller: Poller
    let clock: @Sendable () -> LoopInstant
    private let multi: UnsafeMutableRawPointer
    /// The clock's time at the end of the last wait; one reading serves all that became ready together.
    private(set) var now: LoopInstant

    /// When libcurl wants to be called without a socket's being ready.
    private enum LibraryTimer {
        case none
        case immediate
        /// On `LoopInstant.libraryNow()`'s clock.
        case at(Int64)
    }
    private var timer = LibraryTimer.none
    // Unchecked, here and below: what reads or changes these lists calls nothing that comes back here.
    @exclusivity(unchecked) private var sockets = SocketTable()

    private var accepting = true
    private var closed = false
    @exclusivity(unchecked) private var inFlight: [Transfer] = []
    private var pools: [ObjectIdentifier: TransferPool] = [:]
    /// The pool asked for last: mostly there is one profile.
    private var recentPool: TransferPool?
    /// Parked transfers whose turn has come, to be handed to libcurl when it is not running.
    @exclusivity(unchecked) private var startAgain: [Transfer] = []
    /// Requests that never came into libcurl's hands. Whoever sends is in the middle of something: told afterwards.
    private var refused: [(ended: TransferEnd, failure: TransferFailure)] = []
    /// Transfers whose socket the kernel would not watch, with `errno`.
    private var unwatchable: [(Transfer, Int32)] = []

    /// When to look at deadlines next, and how far apart looks are.
    private var nextLook = LoopInstant(nanoseconds: .max)
    private var interval: Int64 = 1_000_000_000
    private var nextDrop: LoopInstant

    /// Profiles kept configured at once, before those without a request in flight are let go.
    private static let maximumPools = 32
    /// Free handles and their connections are let go after this time without a request: 120 s.
    private static let dropAfter: Int64 = 120_000_000_000

    init(maximumConnections: Int, clock: @escaping @Sendable () -> LoopInstant) throws(CurlError) {
        try CurlLibrary.start()
        poller = try Poller()
        self.clock = clock
        now = clock()
        nextDrop = LoopInstant(nanoseconds: now.nanoseconds + Self.dropAfter)
        guard let multi = curl_multi_init() else { throw .library("out of memory") }
        self.multi = multi
        let user = Unmanaged.passUnretained(self).toOpaque()
        var code = ccurl_multi_on_socket(multi, onSocket, user)
        if code == CURLM_OK { code = ccurl_multi_on_timer(multi, onTimer, user) }
        if code == CURLM_OK { code = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, maximumConnections) }
        if code == CURLM_OK { code = ccurl_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 1_000) }
        guard code == CURLM_OK else { throw .library(String(cString: curl_multi_strerror(code))) }
    }

    deinit {
        if !closed { curl_multi_cleanup(multi) }
    }

    // MARK: Requests

    /// Starts a request, or refuses it; calls nobody back.
    func start(_ submission: consuming Submission) {
        now = clock()
        guard accepting else {
            refused.append((submission.ended, .cancelled(sentBytes: false)))
            return
        }
        guard let pool = pool(for: submission.profile), let transfer = pool.take() else {
            let kind = TransferFailure.Kind(CURLE_FAILED_INIT, sentBytes: false)
            refused.append((submission.ended, TransferFailure(kind, "libcurl has no handle left")))
            return
        }
        transfer.prepare(submission, now: now)
        if inFlight.isEmpty || pool.profile.limits.interval < interval {
            interval = min(inFlight.isEmpty ? .max : interval, pool.profile.limits.interval)
            nextLook = LoopInstant(nanoseconds: now.nanoseconds + interval)
        }
        transfer.index = inFlight.count
        inFlight.append(transfer)
        add(transfer)
    }

    var hasRefused: Bool { !refused.isEmpty }

    /// Tells of the requests that were refused.
    func tellRefused() {
        guard hasRefused else { return }
        let told = refused
        refused = []
        for (ended, failure) in told { ended(.failure(failure)) }
    }

    /// Ends those in flight as cancelled, and refuses requests from now on.
    func giveUp() {
        accepting = false
        while let transfer = inFlight.last {
            end(transfer, .failure(transfer.failure(.cancelled, "the request was cancelled")))
        }
    }

    /// Gives up and closes all connections. The last step.
    func stop() {
        guard !closed else { return }
        giveUp()
        // Handles first, then their shares, then the multi handle they were used with.
        recentPool = nil
        pools = [:]
        curl_multi_cleanup(multi)
        closed = true
    }

    private func pool(for profile: TransferProfile) -> TransferPool? {
        if let recentPool, recentPool.profile === profile { return recentPool }
        let key = ObjectIdentifier(profile)  // the pool holds the profile, so the key stays its own
        if let known = pools[key] {
            recentPool = known
        } else {
            if pools.count >= Self.maximumPools { pools = pools.filter { $0.value.used > 0 } }
            recentPool = TransferPool(profile: profile, engine: self)
            pools[key] = recentPool
        }
        return recentPool
    }

    private func add(_ transfer: Transfer) {
        transfer.phase = .connecting
        let code = curl_multi_add_handle(multi, transfer.easy)
        if code != CURLM_OK {
            let failure = transfer.failure(.other(code.rawValue), String(cString: curl_multi_strerror(code)))
            if let ended = release(transfer) { refused.append((ended, failure)) }
        }
    }

    /// Takes a transfer from libcurl and tells its sender the result, who may send again at once.
    private func end(_ transfer: Transfer, _ result: TransferResult) {
        release(transfer)?(result)
    }

    /// Takes a transfer from libcurl and frees it for the next request; whom to tell is left to the caller.
    private func release(_ transfer: Transfer) -> TransferEnd? {
        curl_multi_remove_handle(multi, transfer.easy)  // harmless where libcurl does not hold it
        lookupEnded(by: transfer)
        if case .parked = transfer.phase {
            transfer.pool.waiting.removeAll { $0 === transfer }
            startAgain.removeAll { $0 === transfer }
        }
        let last = inFlight.removeLast()
        if last !== transfer {
            last.index = transfer.index
            inFlight[transfer.index] = last
        }
        let ended = transfer.ended
        transfer.reset(now: now)
        transfer.pool.giveBack(transfer)
        return ended
    }

    /// Called when a transfer that looked a name up has it, or has ended without it.
    func lookupEnded(by transfer: Transfer) {
        let pool = transfer.pool
        guard pool.lookup === transfer else { return }
        pool.lookup = nil
        startAgain.append(contentsOf: pool.waiting)
        pool.waiting.removeAll()
    }

    // MARK: Steps of the loop

    /// Calls libcurl if its timer is due, as it is when a request has been started, and ends what has finished.
    func fireTimer() {
        while let transfer = startAgain.popLast() { add(transfer) }
        switch timer {
        case .none: return
        case .immediate: break
        case .at(let due): if LoopInstant.libraryNow() < due { return }
        }
        timer = .none  // first, for the call may set it anew
        var running: Int32 = 0
        curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
        endFinished()
    }

    /// Waits for sockets, a wake-up, libcurl's timer or a deadline, at most a second; not at all if `busy`.
    func wait(busy: Bool) {
        let count = poller.wait(milliseconds: busy ? 0 : patience())
        now = clock()
        var running: Int32 = 0
        for index in 0..<count {
            guard let event = poller.event(at: index) else { continue }
            if sockets.wakesResting(event.socket) {
                poller.forget(event.socket)
                continue
            }
            var mask: Int32 = 0
            if event.readable { mask |= CURL_CSELECT_IN }
            if event.writable { mask |= CURL_CSELECT_OUT }
            if event.failed { mask |= CURL_CSELECT_ERR }
            curl_multi_socket_action(multi, event.socket, mask, &running)
        }
        endFinished()
        // After the sockets: an answer that is there counts, however late this thread comes to read it.
        if now >= nextLook { endOverdue() }
        if now >= nextDrop { dropIdle() }
    }

    private func patience() -> Int32 {
        guard startAgain.isEmpty, refused.isEmpty else { return 0 }
        var nanoseconds: Int64 = 1_000_000_000
        switch timer {
        case .none: break
        case .immediate: return 0
        case .at(let due): nanoseconds = min(nanoseconds, due - LoopInstant.libraryNow())
        }
        if !inFlight.isEmpty { nanoseconds = min(nanoseconds, nextLook - clock()) }
        return nanoseconds <= 0 ? 0 : Int32((nanoseconds + 999_999) / 1_000_000)
    }

    private func endFinished() {
        var queued: Int32 = 0
        while let message = curl_multi_info_read(multi, &queued) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = ccurl_result(message)  // the message does not outlive the handle's removal
            var user: UnsafeMutableRawPointer?
            guard ccurl_get_private(easy, &user) == CURLE_OK, let user else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(user).takeUnretainedValue()
            finish(transfer, code)
        }
        while let (transfer, error) = unwatchable.popLast() {
            if case .idle = transfer.phase { continue }
            let words = "the connection cannot be watched: \(SystemCall.message(for: error))"
            end(transfer, .failure(transfer.failure(.other(error), words)))
        }
    }

    private func finish(_ transfer: Transfer, _ code: CURLcode) {
        if case .lookupUnderWay = transfer.stop {
            transfer.stop = nil
            transfer.phase = .parked
            curl_multi_remove_handle(multi, transfer.easy)
            if transfer.pool.lookup == nil {
                startAgain.append(transfer)
            } else {
                transfer.pool.waiting.append(transfer)
            }
            return
        }
        if code == CURLE_OK, transfer.status != 0 {
            end(transfer, .success(transfer.response(now: now)))
            return
        }
        let failure = transfer.failure(code)
        // Those that waited for this lookup asked for the same name at the same time: the answer is theirs too.
        let companions = failure.kind == .resolve && transfer.pool.lookup === transfer ? transfer.pool.waiting : []
        if !companions.isEmpty { transfer.pool.waiting = [] }
        end(transfer, .failure(failure))
        for companion in companions { end(companion, .failure(failure)) }
    }

    private func endOverdue() {
        nextLook = LoopInstant(nanoseconds: now.nanoseconds + interval)
        var index = inFlight.count - 1
        while index >= 0 {
            // `end` puts the last transfer in the ended one's place: that one was looked at already.
            let transfer = inFlight[index]
            if transfer.isLeftOpen(now: now) {
                end(transfer, .success(transfer.response(now: now)))
            } else if let phase = transfer.overduePhase(now: now) {
                end(transfer, .failure(transfer.timeoutFailure(phase)))
            }
            index -= 1
        }
    }

    private func dropIdle() {
        nextDrop = LoopInstant(nanoseconds: now.nanoseconds + Self.dropAfter)
        let instant = LoopInstant(nanoseconds: now.nanoseconds - Self.dropAfter)
        for pool in pools.values { pool.drop(idleSince: instant) }
    }

    // MARK: Callbacks

    func opened(_ socket: Int32) {
        sockets.open(socket)
    }

    func closed(_ socket: Int32) {
        sockets.close(socket)
    }

    fileprivate func setTimer(milliseconds: Int) {
        switch milliseconds {
        case ..<0: timer = .none
        case 0: timer = .immediate
        default: timer = .at(LoopInstant.libraryNow() + Int64(milliseconds) * 1_000_000)
        }
    }

    fileprivate func watch(_ socket: Int32, _ what: Int32, for easy: UnsafeMutableRawPointer?) {
        guard what != CURL_POLL_REMOVE else {
            if sockets.needsForgetting(socket) { poller.forget(socket) }
            return
        }
        guard sockets.needsWatching(socket, forReadingOnly: what == CURL_POLL_IN) else { return }
        let error = poller.watch(
            socket, readable: what & CURL_POLL_IN != 0, writable: what & CURL_POLL_OUT != 0)
        var user: UnsafeMutableRawPointer?
        if error != 0, let easy, ccurl_get_private(easy, &user) == CURLE_OK, let user {
            unwatchable.append((Unmanaged<Transfer>.fromOpaque(user).takeUnretainedValue(), error))
        }
    }
}

/// libcurl wants a socket watched, watched for something else, or no longer. A refusal must not be reported from here:
/// libcurl would give all its transfers up.
private let onSocket: curl_socket_callback = { easy, socket, what, user, _ in
    guard let user else { return 0 }
    Unmanaged<TransferEngine>.fromOpaque(user).takeUnretainedValue().watch(socket, what, for: easy)
    return 0
}

/// libcurl wants to be called in so many milliseconds, or (-1) not before something happens.
private let onTimer: curl_multi_timer_callback = { _, milliseconds, user in
    guard let user else { return 0 }
    Unmanaged<TransferEngine>.fromOpaque(user).takeUnretainedValue().setTimer(milliseconds: milliseconds)
    return 0
}
