import CCurl

typealias TransferResult = Result<HTTPResponse, TransferFailure>

/// One easy handle, configured for one profile and used for one request after the other, with all that libcurl
/// borrows while a request is on its way.
///
/// Belongs to the loop's thread. libcurl holds an unretained pointer to it: the pool or the list of transfers in
/// flight holds the object as long as the handle exists.
final class Transfer {
    /// Where a request stands: from one state to the next, but for going from `connecting` to `parked` and back.
    enum Phase {
        /// In no request.
        case idle
        /// Name lookup, TCP and TLS.
        case connecting
        /// Out of libcurl's hands until another transfer has looked the same name up.
        case parked
        /// The connection stands and the request is being written, or its answer awaited.
        case sent(LoopInstant)
        /// The final status line has come.
        case answering
    }

    /// Why libcurl stopped before the end, where its code does not say it.
    enum Stop {
        /// The answer passed a cap.
        case tooLarge(String)
        /// Another transfer is looking the same name up: try again when it has it.
        case lookupUnderWay
        /// The request had been written to a connection that died, and libcurl was about to write it again.
        case resend
    }

    let easy: UnsafeMutableRawPointer
    /// The pool outlives its transfers: it holds the free ones, and is let go only when none is in flight.
    unowned(unsafe) let pool: TransferPool
    /// The connection cache that the handle looks in; released after the handle.
    private let share: ConnectionShare?
    /// libcurl reads it at the start of each request.
    private let address: ParsedURL
    private let errorText: UnsafeMutablePointer<CChar>

    var phase = Phase.idle
    /// Place in the engine's list of transfers in flight.
    var index = 0
    var ended: TransferEnd?
    /// Takes the body of this answer; asked for when its first byte comes.
    var sink: (any BodySink)?
    var askedForSink = false

    // Unchecked: what reads or changes them calls nothing that comes back here.
    @exclusivity(unchecked) var requestBody = ByteBuffer()
    @exclusivity(unchecked) var headerBytes = ByteBuffer()
    @exclusivity(unchecked) var body: [UInt8] = []

    var status = 0
    var httpVersion = HTTPVersionNumber(major: 1, minor: 1)
    /// The header block that is being read is at its end: what follows is a body, or trailers.
    var headersEnded = false
    var receivedHeaderBytes = 0
    var receivedBodyBytes = 0
    var openedSocket = false
    var socketError: Int32 = 0
    var stop: Stop?

    var started = LoopInstant(nanoseconds: 0)
    var firstByte = LoopInstant(nanoseconds: 0)
    var lastByte = LoopInstant(nanoseconds: 0)
    /// When the sink last told of progress.
    var lastProgress: LoopInstant?
    /// When the sink had all it wanted.
    var completed: LoopInstant?
    /// When the handle became free.
    var idleSince = LoopInstant(nanoseconds: 0)

    /// Returns nil if libcurl has no memory or refuses an option.
    init?(pool: TransferPool, share: ConnectionShare?) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.pool = pool
        self.share = share
        address = pool.address
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard configure() == CURLE_OK else { return nil }
    }

    deinit {
        curl_easy_cleanup(easy)
        errorText.deallocate()
    }

    private func configure() -> CURLcode {
        let profile = pool.profile
        let user = Unmanaged.passUnretained(self).toOpaque()
        var options = EasyOptions(easy: easy)
        options.set(CURLOPT_PRIVATE, pointer: user)
        options.set(CURLOPT_ERRORBUFFER, pointer: errorText)
        options.set(CURLOPT_CURLU, pointer: UnsafeRawPointer(pool.address.pointer))
        options.set(CURLOPT_PATH_AS_IS, 1)
        options.set(CURLOPT_PROTOCOLS_STR, string: "http,https")
        options.set(CURLOPT_FOLLOWLOCATION, 0)
        options.set(CURLOPT_NOSIGNAL, 1)
        options.set(CURLOPT_NOPROGRESS, 1)
        if profile.ignoresProxies {
            options.set(CURLOPT_PROXY, string: "")
            options.set(CURLOPT_NOPROXY, string: "")
        }
        options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // What every provider packs with. libcurl would name three more, and it writes a head letter by letter: twice
        // for this line, unless it stands among the profile's own.
        options.set(CURLOPT_ACCEPT_ENCODING, string: HeaderList.acceptedEncoding)
        options.set(CURLOPT_HTTPHEADER, list: profile.headers.pointer)

        // libcurl's 16 KiB upload buffer exists for TLS alone; its receive buffer exists while a request is open.
        options.set(CURLOPT_BUFFERSIZE, 16 << 10)
        options.set(CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10)
        options.set(CURLOPT_TCP_NODELAY, 1)
        options.set(CURLOPT_TCP_KEEPALIVE, 1)
        options.set(CURLOPT_TCP_KEEPIDLE, 30)
        options.set(CURLOPT_TCP_KEEPINTVL, 15)
        // An idle connection that a middle box forgot costs a request whose fate is unknown: do not reuse old ones.
        options.set(CURLOPT_MAXAGE_CONN, 60)
        // Without this, removing a transfer waits for its name lookup's thread: seconds, on the loop's thread.
        options.set(CURLOPT_QUICK_EXIT, 1)
        // The loop keeps this time too; libcurl divides it among a host's addresses and so gets past a dead one.
        options.set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: max(1, profile.limits.connect / 1_000_000)))

        switch profile.version {
        case .http1:
            options.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        case .http2:
            options.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
            options.set(CURLOPT_PIPEWAIT, 1)
        }
        options.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if profile.tls.insecure {
            options.set(CURLOPT_SSL_VERIFYPEER, 0)
            options.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let caFile = profile.tls.caFile { options.set(CURLOPT_CAINFO, string: caFile) }
        // libcurl keeps the certificates of a file from one connection to the next, but not if a folder of them is
        // set too, as it is in many builds: reading the file anew takes 20 ms of CPU for each connection.
        if profile.tls.caFile != nil || CurlLibrary.hasCertificateFile {
            options.check(ccurl_set_string(easy, CURLOPT_CAPATH, nil))
        }
        switch profile.method {
        case .get: options.set(CURLOPT_HTTPGET, 1)
        case .post: options.set(CURLOPT_POST, 1)
        }

        options.check(ccurl_on_header(easy, onHeader, user))
        options.check(ccurl_on_body(easy, onBody, user))
        options.check(ccurl_on_open_socket(easy, onOpenSocket, user))
        options.check(
            ccurl_on_close_socket(easy, onCloseSocket, Unmanaged.passUnretained(pool.engine).toOpaque()))
        options.check(ccurl_on_request(easy, onRequest, user))
        options.check(ccurl_on_lookup(easy, onLookup, user))
        if let share { options.check(ccurl_set_share(easy, share.pointer)) }
        return options.code
    }

    /// Takes a request over. libcurl reads the body from `requestBody`, which stays as it is until `reset`.
    func prepare(_ submission: borrowing Submission, now: LoopInstant) {
        started = now
        phase = .connecting
        ended = submission.ended
        if pool.profile.method == .post {
            requestBody.replace(with: submission.body)
            let bytes = requestBody.bytes
            ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
            // An empty body has no address, and libcurl would ask a read callback for it.
            ccurl_set_pointer(easy, CURLOPT_POSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(errorText))
        }
    }

    /// Forgets the request; the handle is ready for the next one. libcurl must have let go of it.
    func reset(now: LoopInstant) {
        phase = .idle
        ended = nil
        sink = nil
        askedForSink = false
        lastProgress = nil
        completed = nil
        requestBody.removeAll(keepingAtMost: 4 << 10)
        headerBytes.removeAll(keepingAtMost: 4 << 10)
        body = []
        status = 0
        headersEnded = false
        receivedHeaderBytes = 0
        receivedBodyBytes = 0
        openedSocket = false
        socketError = 0
        stop = nil
        idleSince = now
    }

    /// libcurl's own words for what went wrong, without control characters; empty if it gave none.
    var libraryMessage: String {
        String(String(cString: errorText).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
    }
}
