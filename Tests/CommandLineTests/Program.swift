import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A started `sluice`. Its streams go to files, so that no pipe can fill up and stop it.
///
/// Any task may use it. One that is not waited for is killed with the last reference to it; one that does not end is
/// killed after `patience`, and tells so by its exit code.
final class Program: Sendable {
    struct Ending: Sendable {
        /// The exit code; of a program that a signal ended, the signal's number, negative.
        var code: Int32
        var output: String
        /// What it wrote on standard error.
        var errors: String
    }

    enum Input: Sendable {
        /// Ends at once.
        case nothing
        /// Holds these bytes, then ends.
        case bytes([UInt8])
        /// Stays open until `endInput()`.
        case open
    }

    struct Failure: Error {
        var call: String
        var code: Int32
    }

    private let identifier: pid_t
    private let streams: String
    private let isReaped = Mutex(false)
    /// The write end of its standard input; −1 once closed.
    private let input = Mutex<Int32>(-1)

    /// - Parameters:
    ///   - folder: the working folder.
    ///   - streams: path of the files for its output and its errors, whose names are this with an ending.
    ///   - patience: seconds after which it is killed.
    ///   - executable: another program's path, in place of `sluice`.
    init(
        _ arguments: [String], executable: String? = nil, environment: [String: String], folder: String,
        streams: String, input: Input,
        patience: Int
    ) throws {
        self.streams = streams
        // A program that has ended does not read what it is fed.
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(call: "pipe", code: errno) }
        // Or programs that other tests start would keep the pipe open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let spawn = Spawn(
            path: try executable ?? Self.sluice(), arguments: arguments, environment: environment,
            folder: folder)
        spawn.connect(ends[0], to: STDIN_FILENO)
        spawn.open("\(streams).stdout", as: STDOUT_FILENO)
        spawn.open("\(streams).stderr", as: STDERR_FILENO)
        do {
            identifier = try spawn.start()
        } catch {
            close(ends[1])
            throw error
        }
        self.input.withLock { $0 = ends[1] }
        switch input {
        case .nothing: endInput()
        case .bytes(let bytes):
            feed(bytes)
            endInput()
        case .open: break
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(patience)) { [weak self] in
            self?.send(SIGKILL)
        }
    }

    deinit {
        endInput()
        if isReaped.withLock({ !$0 }) {
            kill(identifier, SIGKILL)
            waitpid(identifier, nil, 0)
        }
    }

    var processID: pid_t { identifier }

    func send(_ number: Int32) {
        // Once reaped, its number may be another's.
        isReaped.withLock { if !$0 { kill(identifier, number) } }
    }

    /// Writes to its standard input; blocks once that holds more than a pipe does.
    func feed(_ bytes: [UInt8]) {
        input.withLock { descriptor in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, bytes.count - sent) }
                guard count > 0 || errno == EINTR else { return }
                sent += max(count, 0)
            }
        }
    }

    func endInput() {
        input.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    /// Waits for its end. To be called once.
    func end() async throws -> Ending {
        let code = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: self.reap()) }
        }
        return Ending(
            code: code, output: String(decoding: try Workspace.contents(of: "\(streams).stdout"), as: UTF8.self),
            errors: String(decoding: try Workspace.contents(of: "\(streams).stderr"), as: UTF8.self))
    }

    /// What it has written on standard error up to now.
    func errorsSoFar() throws -> String {
        String(decoding: try Workspace.contents(of: "\(streams).stderr"), as: UTF8.self)
    }

    /// Whether it holds a file open whose path ends so.
    func hasOpened(_ name: String) -> Bool {
        (0..<64).contains { descriptor in
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink("/proc/\(identifier)/fd/\(descriptor)", &buffer, buffer.count)
            return count > 0
                && String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self).hasSuffix(name)
        }
    }

    private func reap() -> Int32 {
        // It is looked at before it is reaped, so that nobody signals a number that is free again.
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return isReaped.withLock { isReaped in
            var status: Int32 = 0
            waitpid(identifier, &status, 0)
            isReaped = true
            let number = status & 0x7F
            return number == 0 ? status >> 8 & 0xFF : -number
        }
    }

    /// The program under test: the one built along with the tests, unless a torture names another.
    private static func sluice() throws -> String {
        try getenv("SLUICE_TORTURE_PROGRAM").map { String(cString: $0) } ?? directory() + "/sluice"
    }

    /// Where the built products are: beside the test bundle, which the runner names in its arguments.
    static func directory() throws -> String {
        guard let bundle = CommandLine.arguments.first(where: { $0.contains(".xctest") }) else {
            throw Failure(call: "the test bundle's path", code: ENOENT)
        }
        let parts = bundle.split(separator: "/", omittingEmptySubsequences: false)
        let end = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.endIndex
        var directory = parts[..<end].joined(separator: "/")
        if !directory.hasPrefix("/") {
            // The program starts in another folder.
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            guard getcwd(&buffer, buffer.count) != nil else { throw Failure(call: "getcwd", code: errno) }
            let here = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            directory = String(decoding: here, as: UTF8.self) + "/" + directory
        }
        return directory
    }
}

/// What posix_spawn(3) is given, freed with it.
private final class Spawn {
    private var actions = posix_spawn_file_actions_t()
    private var attributes = posix_spawnattr_t()
    private var words: [UnsafeMutablePointer<CChar>?]
    private var variables: [UnsafeMutablePointer<CChar>?]

    init(path: String, arguments: [String], environment: [String: String], folder: String) {
        // The shell changes the folder, for which posix_spawn(3) has no portable way, and gives its place to the program.
        let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, path]
        words = (shell + arguments).map { strdup($0) } + [nil]
        variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        // Signals that the tests' own process ignores are not ignored by the program.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    }

    deinit {
        for word in words + variables { free(word) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
    }

    func connect(_ descriptor: Int32, to number: Int32) {
        posix_spawn_file_actions_adddup2(&actions, descriptor, number)
    }

    func open(_ path: String, as number: Int32) {
        posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }

    func start() throws -> pid_t {
        // A program that inherits an endpoint's listening socket keeps that endpoint half alive when it is stopped.
        for descriptor in 3..<Int32(1024) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var child: pid_t = 0
        let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, &variables)
        guard code == 0 else { throw Program.Failure(call: "posix_spawn", code: code) }
        return child
    }
}
