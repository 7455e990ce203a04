#if os(Linux)
    import CLinux
    import Glibc

    /// Waits for sockets to become ready, by epoll; other threads end the wait through an eventfd.
    ///
    /// `wake()` may be called from any thread; everything else belongs to the loop's thread. Sockets are watched
    /// level-triggered: libcurl reads one buffer at a time and counts on being told again.
    struct Poller: ~Copyable, @unchecked Sendable {
        // Proof of @unchecked: the two descriptors never change and the kernel serialises calls on them; the buffer of
        // events is touched by `wait` and `event(at:)` alone, which belong to one thread.
        private let epoll: Int32
        private let signal: Int32
        private let events: UnsafeMutableBufferPointer<epoll_event>

        struct Event {
            var socket: Int32
            var readable: Bool
            var writable: Bool
            var failed: Bool
        }

        init() throws(CurlError) {
            let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
            guard epoll >= 0 else { throw .system(call: "epoll_create1", code: errno) }
            let signal = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
            guard signal >= 0 else {
                let code = errno
                close(epoll)
                throw .system(call: "eventfd", code: code)
            }
            // Edge-triggered: each write is one event, and the counter need not be read back.
            var event = epoll_event(events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data(fd: signal))
            guard epoll_ctl(epoll, EPOLL_CTL_ADD, signal, &event) == 0 else {
                let code = errno
                close(signal)
                close(epoll)
                throw .system(call: "epoll_ctl", code: code)
            }
            self.epoll = epoll
            self.signal = signal
            events = .allocate(capacity: 512)
        }

        deinit {
            events.deallocate()
            close(signal)
            close(epoll)
        }

        /// Watches a socket, or changes what it is watched for. Returns 0 or `errno`.
        func watch(_ socket: Int32, readable: Bool, writable: Bool) -> Int32 {
            var event = epoll_event(events: 0, data: epoll_data(fd: socket))
            if readable { event.events |= EPOLLIN.rawValue }
            if writable { event.events |= EPOLLOUT.rawValue }
            if epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) == 0 { return 0 }
            guard errno == EEXIST else { return errno }
            return epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) == 0 ? 0 : errno
        }

        /// Ends watching. A socket that was closed first is gone from epoll already, so failure means nothing.
        func forget(_ socket: Int32) {
            var event = epoll_event()
            _ = epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event)
        }

        /// Ends the present or the next wait at once.
        func wake() {
            var one: UInt64 = 1
            _ = write(signal, &one, 8)
        }

        /// Waits for readiness, a wake-up or the time to pass, and returns how many events there are to look at.
        func wait(milliseconds: Int32) -> Int {
            let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), milliseconds)
            if count >= 0 { return Int(count) }
            precondition(errno == EINTR, "epoll_wait: a descriptor of our own is bad")
            return 0
        }

        /// One event of the last wait; nil for a wake-up.
        func event(at index: Int) -> Event? {
            let event = events[index]
            guard event.data.fd != signal else { return nil }
            return Event(
                socket: event.data.fd,
                readable: event.events & EPOLLIN.rawValue != 0,
                writable: event.events & EPOLLOUT.rawValue != 0,
                failed: event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0)
        }
    }
#endif
