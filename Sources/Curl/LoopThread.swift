#if canImport(Glibc)
    import CLinux
    import Glibc
#else
    import Darwin
#endif

/// Which thread is running.
enum ThreadIdentity {
    /// Never 0.
    @inline(__always)
    static var current: UInt {
        #if canImport(Glibc)
            UInt(pthread_self())
        #else
            UInt(bitPattern: pthread_self())
        #endif
    }
}

/// A thread of the operating system that runs one closure.
enum LoopThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Starts a thread with all signals blocked: they belong to the threads that wait for them.
    static func start(_ body: @escaping @Sendable () -> Void) throws(CurlError) -> pthread_t {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        let argument = Unmanaged.passRetained(Body(body))
        #if canImport(Glibc)
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { argument in
                    clinux_name_thread("transfer-loop")
                    guard let argument else { return nil }
                    Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, argument.toOpaque())
            let started: pthread_t? = thread
        #else
            var started: pthread_t?
            let code = pthread_create(
                &started, nil,
                { argument in
                    pthread_setname_np("transfer-loop")
                    Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, argument.toOpaque())
        #endif
        guard code == 0, let started else {
            argument.release()
            throw .system(call: "pthread_create", code: code)
        }
        return started
    }
}
