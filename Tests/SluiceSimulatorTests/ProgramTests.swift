import JSON
import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The built program, from its first line to its exit code.
@Suite(.timeLimit(.minutes(1))) struct ProgramTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func servesUntilASignal(number: Int32) throws {
        let portFile = "/tmp/sluice-simulator-test-\(getpid())-\(number).port"
        defer { unlink(portFile) }
        let program = try Program([
            "--port", "0", "--port-file", portFile, "--latency", "lognormal:1ms:0.5", "--fault", "500=1",
            "--fault-only-first", "--requests-per-minute", "100000", "--key", "k",
        ])
        let line = try program.line()
        let port = try #require(Int(line.split(separator: ":").last?.split(separator: "/").first ?? ""))
        #expect(line == "listening on http://127.0.0.1:\(port)/v1")
        #expect(try Program.contents(of: portFile) == "\(port)\n")
        let client = try RawClient(port: port)
        let statuses = try (0..<2).map { _ in try client.ask(headers: ["api-key: k"], chat("x")).status }
        #expect(statuses == [500, 200])
        program.signal(number)
        #expect(program.exitCode() == 0)
    }

    @Test(arguments: [
        ["--port", "65536"], ["--fault", "500"], ["--fault", "500=1.5"], ["--fault", "sneeze=0.1"],
        ["--fault", "500=0.6", "--fault", "502=0.6"], ["--latency", "fast"], ["--latency", "lognormal:1s"],
        ["--burst-seconds", "0"], ["--overload-status", "200"], ["--status-after", "5"], ["--chunks", "0"],
        ["--threads", "0"], ["--quota", "-1"], ["--wrong"], ["stray"], ["--imitate", "bard"], ["--answer", "xml"],
        ["--stream-shape", "round"], ["--stream-error", "loud"], ["--reasoning-field", "thoughts"],
        ["--invalid-as", "well"],
    ])
    func badOptionsExitWith64(arguments: [String]) throws {
        let program = try Program(arguments)
        #expect(program.exitCode() == 64)
        #expect(throws: RawClient.Failure.self) { try program.line() }
    }

    @Test func standsInForAnEndpoint() throws {
        let program = try Program([
            "--imitate", "openrouter", "--stream-shape", "crlf", "--stream-shape", "no-done", "--keep-alive", "",
            "--answer", "json", "--invalid-first", "1", "--invalid-as", "empty", "--reasoning", "2",
            "--reasoning-field", "none", "--record", "5",
        ])
        let line = try program.line()
        #expect(line.hasSuffix("/api/v1"))
        let port = try #require(Int(line.split(separator: ":").last?.split(separator: "/").first ?? ""))
        let client = try RawClient(port: port)
        let target = "/api/v1/chat/completions"
        let first = try client.ask("POST", target, headers: ["Authorization: Bearer k"], chat("x"))
        #expect(try first.content() == "{}")
        #expect(try first.json()["choices"]?[0]?["message"]?["reasoning"] == nil)
        #expect(try first.json()["usage"]?["completion_tokens_details"]?["reasoning_tokens"]?.integer == 2)
        let stream = try client.ask(
            "POST", target, headers: ["Authorization: Bearer k"], chat("x", extra: #""stream":true,"#))
        #expect(stream.text.hasPrefix(":\r\n\r\n"))
        #expect(!stream.text.contains("[DONE]"))
        #expect(try client.ask("GET", "/requests").json()["requests"]?.count == 2)
        program.signal(SIGTERM)
        #expect(program.exitCode() == 0)
    }

    @Test func aFolderThatIsNotThereIsNamed() throws {
        let program = try Program(["--replay", "/tmp/sluice-simulator-test-no-such-folder"])
        #expect(program.exitCode() == 1)
    }

    @Test func aPortThatIsTakenIsNamed() async throws {
        try await withSimulator { simulator in
            let program = try Program(["--port", "\(simulator.port)"])
            #expect(program.exitCode() == 1)
        }
    }
}

/// A running `sluice-simulator` with its standard output in a pipe. Ended with its last reference.
private final class Program {
    private let identifier: pid_t
    private let output: Int32
    private var code: Int32?

    init(_ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw RawClient.Failure(code: errno) }
        let path = try Self.directory() + "/sluice-simulator"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer {
            for word in words { free(word) }
            posix_spawn_file_actions_destroy(&actions)
            close(ends[1])
        }
        var child: pid_t = 0
        let result = posix_spawn(&child, path, &actions, nil, &words, environ)
        guard result == 0 else {
            close(ends[0])
            throw RawClient.Failure(code: result)
        }
        identifier = child
        output = ends[0]
    }

    deinit {
        if code == nil {
            kill(identifier, SIGKILL)
            waitpid(identifier, nil, 0)
        }
        close(output)
    }

    /// The next line of its output; throws at the end.
    func line() throws -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            guard read(output, &byte, 1) == 1 else { throw RawClient.Failure(code: 0) }
            if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// Waits for its end; −1 when a signal ended it.
    func exitCode() -> Int32 {
        var status: Int32 = 0
        guard waitpid(identifier, &status, 0) == identifier else { return -1 }
        let result = status & 0x7F == 0 ? status >> 8 & 0xFF : -1
        code = result
        return result
    }

    static func contents(of path: String) throws -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw RawClient.Failure(code: errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes[..<max(count, 0)], as: UTF8.self)
    }

    /// Where the built products are: beside the test bundle, which the runner names in its arguments.
    private static func directory() throws -> String {
        guard let bundle = CommandLine.arguments.first(where: { $0.contains(".xctest") }) else {
            throw RawClient.Failure(code: ENOENT)
        }
        let parts = bundle.split(separator: "/", omittingEmptySubsequences: false)
        let end = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.endIndex
        let directory = parts[..<end].joined(separator: "/")
        return directory.isEmpty ? "." : directory
    }
}
