import Curl
import Synchronization

/// Sends requests to one of a job's endpoints over a transfer loop, which other endpoints may use as well.
///
/// Any task may call it; tasks on the loop's own executor pay no change of thread.
package final class CurlTransport: Transport {
    private let loop: TransferLoop
    private let endpoint: Endpoint
    private let timeouts: TransferTimeouts
    private let maximumAnswer: Int
    private let headers: [String]
    private let streams = StreamWatches()
    /// What requests to one URL share, by the request's path. A plan has a handful of paths, and mostly one.
    private struct Profiles {
        var known: [String: TransferProfile] = [:]
        var recent: (path: String, profile: TransferProfile)?
    }
    private let profiles = Mutex(Profiles())

    package init(_ loop: TransferLoop, job: Job, endpoint: Endpoint, key: APIKey?) {
        self.loop = loop
        self.endpoint = endpoint
        timeouts = TransferTimeouts(
            connect: job.timeouts.connect, firstByte: job.timeouts.firstByte, idle: job.timeouts.idle,
            stall: job.timeouts.stall, total: job.timeouts.total)
        maximumAnswer = Int(clamping: job.limits(of: endpoint).maximumAnswer.bytes)
        headers = Self.headers(endpoint, key)
    }

    package func send(_ body: [UInt8], to url: String, _ landed: @escaping @Sendable (TransportReply) -> Void) {
        let profile: TransferProfile
        do {
            profile = try self.profile(for: url)
        } catch {
            let failure = TransportFailure(kind: .other(0), message: error.description, sentBytes: false)
            Task(executorPreference: loop) { landed(TransportReply(.failure(failure))) }
            return
        }
        loop.send(body, profile) { result in
            switch result {
            case .success(let response):
                let watch = response.sink as? StreamWatch
                let answer = HTTPAnswer(
                    status: response.status, headers: HTTPHeaders(block: response.headerBytes), body: response.body,
                    stream: watch?.answer)
                landed(TransportReply(.success(answer), firstByte: response.firstByte, watch))
            case .failure(let failure):
                let watch = failure.sink as? StreamWatch
                landed(TransportReply(.failure(TransportFailure(failure, stream: watch?.answer)), watch))
            }
        }
    }

    package func giveUp() { loop.giveUp() }

    /// The profile for a path. Made before a run sends, it tells what is wrong with the endpoint before anything is.
    @discardableResult
    package func profile(for url: String) throws(CurlError) -> TransferProfile {
        let known = profiles.withLock { profiles -> TransferProfile? in
            if let recent = profiles.recent, recent.path == url { return recent.profile }
            guard let profile = profiles.known[url] else { return nil }
            profiles.recent = (url, profile)
            return profile
        }
        if let known { return known }
        let profile = try TransferProfile(
            url: endpoint.url(forPath: url), headers: headers,
            version: endpoint.httpVersion == .http2 ? .http2 : .http1,
            timeouts: timeouts, maximumResponseBytes: maximumAnswer,
            tls: TransferProfile.TLS(caFile: endpoint.authorityFile, insecure: endpoint.insecure),
            sink: { [streams] in streams.watch($0) })
        profiles.withLock { $0.known[url] = profile }
        return profile
    }

    private static func headers(_ endpoint: Endpoint, _ key: APIKey?) -> [String] {
        var lines = ["Content-Type: application/json", "User-Agent: sluice/\(Version.text)"]
        if let key {
            switch endpoint.keyHeader {
            case .bearer: lines.append("Authorization: Bearer \(key.text)")
            case .apiKey: lines.append("api-key: \(key.text)")
            }
        }
        // The job's own headers replace ours of the same name.
        let own = endpoint.headers.map { $0.name.lowercased() }
        lines.removeAll { line in own.contains(line.prefix { $0 != ":" }.lowercased()) }
        return lines + endpoint.headers.map { "\($0.name): \($0.value)" }
    }
}

extension TransportReply {
    fileprivate init(
        _ result: Result<HTTPAnswer, TransportFailure>, firstByte: Duration? = nil, _ watch: StreamWatch?
    ) {
        self.init(result, firstByte: firstByte)
        firstText = watch?.firstText
        lastText = watch?.lastText
    }
}

extension TransportFailure {
    init(_ failure: TransferFailure, stream: StreamedAnswer?) {
        var partial: HTTPAnswer?
        if let status = failure.status {
            partial = HTTPAnswer(
                status: status, headers: HTTPHeaders(block: failure.headerBytes), body: failure.body,
                stream: stream)
        }
        var message = failure.message
        if failure.kind == .unknownAuthority {
            message += "; where the authority is your own, name its certificate by ca_file or --ca-file"
        }
        self.init(kind: Kind(failure.kind), message: message, sentBytes: failure.sentBytes, partial: partial)
    }
}

extension TransportFailure.Kind {
    fileprivate init(_ kind: TransferFailure.Kind) {
        switch kind {
        case .resolve: self = .resolve
        case .connect, .outOfDescriptors: self = .connect
        case .tls, .unknownAuthority: self = .tls
        case .timeout(.connect): self = .timeout(.connect)
        case .timeout(.firstByte): self = .timeout(.firstByte)
        case .timeout(.idle): self = .timeout(.idle)
        case .timeout(.stall): self = .timeout(.stall)
        case .timeout(.total): self = .timeout(.total)
        // What came was cut or mangled on its way: to the request it is the same as a lost connection.
        case .reset, .protocolError: self = .reset
        case .tooLarge: self = .tooLarge
        case .cancelled: self = .cancelled
        case .other(let code): self = .other(code)
        }
    }
}
