#if canImport(Glibc)
    import CLinux
    import Glibc
#else
    import Darwin
#endif

/// A thread of the operating system that runs one closure.
package enum SystemThread {
    /// No thread could be started.
    package struct Failure: Error, CustomStringConvertible {
        /// As `errno` has it.
        package var code: Int32

        package var description: String { "no thread can be started: \(String(cString: strerror(code)))" }
    }

    private final class Body {
        let name: StaticString
        let run: @Sendable () -> Void

        init(_ name: StaticString, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a thread with all signals blocked: they belong to the threads that wait for them.
    ///
    /// - Parameter name: ASCII, at most 15 bytes.
    /// - Returns: the thread, to be joined or detached.
    package static func start(
        _ name: StaticString, _ body: @escaping @Sendable () -> Void
    ) throws(Failure) -> pthread_t {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        let argument = Unmanaged.passRetained(Body(name, body))
        #if canImport(Glibc)
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                    body.name.withUTF8Buffer {
                        $0.withMemoryRebound(to: CChar.self) { clinux_name_thread($0.baseAddress) }
                    }
                    body.run()
                    return nil
                }, argument.toOpaque())
            let started: pthread_t? = thread
        #else
            var started: pthread_t?
            let code = pthread_create(
                &started, nil,
                { argument in
                    let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                    body.name.withUTF8Buffer {
                        _ = $0.withMemoryRebound(to: CChar.self) { pthread_setname_np($0.baseAddress!) }
                    }
                    body.run()
                    return nil
                }, argument.toOpaque())
        #endif
        guard code == 0, let started else {
            argument.release()
            throw Failure(code: code)
        }
        return started
    }

    /// Waits for the end of a thread that nobody has detached.
    package static func join(_ thread: pthread_t) { pthread_join(thread, nil) }
}
