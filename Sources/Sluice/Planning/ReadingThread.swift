#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A thread of the operating system that runs one closure; whoever starts it waits for its end.
struct ReadingThread: ~Copyable {
    /// No thread could be started.
    struct Failure: Error, CustomStringConvertible {
        var code: Int32

        var description: String { "no thread can be started to read the input: \(String(cString: strerror(code)))" }
    }

    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    /// Starts it with all signals blocked: they belong to the threads that wait for them.
    init(_ body: @escaping @Sendable () -> Void) throws(Failure) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        let argument = Unmanaged.passRetained(Body(body))
        #if canImport(Glibc)
            var identifier = pthread_t()
            let code = pthread_create(
                &identifier, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, argument.toOpaque())
            let started: pthread_t? = identifier
        #else
            var started: pthread_t?
            let code = pthread_create(
                &started, nil,
                { argument in
                    Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, argument.toOpaque())
        #endif
        guard code == 0, let started else {
            argument.release()
            throw Failure(code: code)
        }
        thread = started
    }

    consuming func join() { pthread_join(thread, nil) }
}
