import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// What libcurl calls while it drives a transfer, always on the loop's thread, inside `curl_multi_socket_action`. None
// of it throws, traps on what came from outside, or calls back into libcurl, but for reading a transfer's counters.

private func transfer(_ user: UnsafeMutableRawPointer?) -> Transfer? {
    user.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

/// One header line, with its end: status lines, fields, the blank line, and trailers after a chunked body.
let onHeader: curl_write_callback = { bytes, size, count, user in
    guard let bytes, let transfer = transfer(user) else { return 0 }
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer.receiveHeader(line) ? line.count : 0
}

/// A piece of decoded body.
let onBody: curl_write_callback = { bytes, size, count, user in
    guard let transfer = transfer(user) else { return 0 }
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer.receiveBody(piece) ? piece.count : 0
}

/// libcurl needs a socket. Ours is closed on exec, and a refusal's `errno` is kept.
let onOpenSocket: curl_opensocket_callback = { user, _, address in
    guard let address, let transfer = transfer(user) else { return CURL_SOCKET_BAD }
    transfer.openedSocket = true
    transfer.pool.engine.lookupEnded(by: transfer)
    #if canImport(Glibc)
        let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.pointee.family, kind, address.pointee.protocol)
    #else
        let descriptor = socket(address.pointee.family, address.pointee.socktype, address.pointee.protocol)
        if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    #endif
    if descriptor < 0 {
        transfer.socketError = errno
    } else {
        transfer.pool.engine.opened(descriptor)
    }
    return descriptor
}

/// libcurl is done with a socket that it had from `onOpenSocket`. Belongs to a connection, which may outlive the
/// transfer that opened it: the user pointer is the engine.
let onCloseSocket: curl_closesocket_callback = { user, descriptor in
    if let user { Unmanaged<TransferEngine>.fromOpaque(user).takeUnretainedValue().closed(descriptor) }
    return close(descriptor)
}

/// The connection stands and the request is about to be written.
let onRequest: curl_prereq_callback = { user, _, _, _, _ in
    guard let transfer = transfer(user) else { return CURL_PREREQFUNC_ABORT }
    transfer.pool.engine.lookupEnded(by: transfer)
    if case .sent = transfer.phase {
        // libcurl writes a request anew, unasked, when a reused connection dies without an answer. The endpoint may
        // have worked on the first one: whether to pay for a second is not ours to decide, unless nothing had left.
        var written = 0
        guard ccurl_get_long(transfer.easy, CURLINFO_REQUEST_SIZE, &written) == CURLE_OK, written == 0 else {
            transfer.stop = .resend
            return CURL_PREREQFUNC_ABORT
        }
    }
    transfer.phase = .sent(transfer.pool.engine.now)
    return CURL_PREREQFUNC_OK
}

/// A name lookup is about to begin, in a thread of libcurl's.
let onLookup: curl_resolver_start_callback = { _, _, user in
    guard let transfer = transfer(user) else { return 1 }
    let pool = transfer.pool
    if let other = pool.lookup, other !== transfer {
        transfer.stop = .lookupUnderWay
        return 1
    }
    pool.lookup = transfer
    return 0
}

extension Transfer {
    /// Takes a header line in; false if the headers are too large.
    fileprivate func receiveHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        lastByte = pool.engine.now
        receivedHeaderBytes += line.count
        guard receivedHeaderBytes <= pool.profile.maximumHeaderBytes else {
            stop = .tooLarge("the answer's headers are larger than \(pool.profile.maximumHeaderBytes) bytes")
            return false
        }
        // A block begins with a status line; only an interim answer's block has another one after it.
        let isStart = headersEnded ? status < 200 : headerBytes.count == 0
        if isStart, let start = StatusLine(line) {
            headerBytes.removeAll(keepingAtMost: .max)
            headersEnded = false
            status = start.status
            httpVersion = start.version
            if status >= 200 {
                phase = .answering
                firstByte = lastByte
            }
        }
        let isBlank = line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n")
        if isBlank {
            headersEnded = true
        } else if !headersEnded {
            headerBytes.append(line)
        }
        return true
    }

    /// Takes a piece of body in; false if the body is too large.
    fileprivate func receiveBody(_ piece: UnsafeRawBufferPointer) -> Bool {
        lastByte = pool.engine.now
        let room = pool.profile.maximumResponseBytes - receivedBodyBytes
        let taken = UnsafeRawBufferPointer(rebasing: piece.prefix(room))
        receivedBodyBytes += taken.count
        if !askedForSink {
            askedForSink = true
            if (200..<300).contains(status) { sink = pool.profile.sink?(headerBytes.bytes) }
        }
        if let sink {
            note(sink.receive(taken, after: .nanoseconds(lastByte - started)))
        } else {
            body.append(contentsOf: taken)
        }
        if taken.count == piece.count { return true }
        stop = .tooLarge("the answer is larger than \(pool.profile.maximumResponseBytes) bytes")
        return false
    }

    private func note(_ progress: BodyProgress) {
        switch progress {
        case .alive: break
        case .progress: lastProgress = lastByte
        case .complete: completed = completed ?? lastByte
        }
    }
}
