import Foundation
import SluiceSimulator
import Synchronization
import Testing

@testable import Sluice

/// A folder of a test's own, in which the program runs; gone with it.
final class Workspace: Sendable {
    let path: String
    /// Holds the programs' streams, so that they are not among the files that a test looks at.
    private let streams: String
    private let programs = Mutex(0)

    init() throws {
        var template = Array("/tmp/sluice-command-XXXXXX".utf8CString)
        let root = try #require(mkdtemp(&template).map { String(cString: $0) })
        path = root + "/work"
        streams = root + "/streams"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try FileManager.default.createDirectory(atPath: streams, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }

    // MARK: The program

    func start(
        _ arguments: [String], environment: [String: String] = [:], input: Program.Input = .nothing, patience: Int = 40
    ) throws -> Program {
        let number = programs.withLock {
            $0 += 1
            return $0
        }
        return try Program(
            arguments, environment: environment, folder: path, streams: "\(streams)/\(number)", input: input,
            patience: patience)
    }

    /// Runs the program to its end.
    func sluice(
        _ arguments: [String], environment: [String: String] = [:], input: Program.Input = .nothing
    ) async throws -> Program.Ending {
        try await start(arguments, environment: environment, input: input).end()
    }

    /// Runs commands in a shell that finds the built programs.
    func shell(_ commands: String) async throws -> Program.Ending { try await startShell(commands).end() }

    func startShell(_ commands: String) throws -> Program {
        let search = "\(try Program.directory()):/usr/local/bin:/usr/bin:/bin"
        return try Program(
            ["-c", commands], executable: "/bin/sh", environment: ["PATH": search], folder: path,
            streams: "\(streams)/shell", input: .nothing, patience: 40)
    }

    func sluice(_ arguments: String...) async throws -> Program.Ending { try await sluice(arguments) }

    // MARK: Files

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func bytes(_ name: String) throws -> [UInt8] { try Self.contents(of: "\(path)/\(name)") }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func lines(_ name: String) throws -> [String] { Self.lines(of: try text(name)) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    /// The names of the files and folders at the top.
    var names: Set<String> {
        get throws { Set(try FileManager.default.contentsOfDirectory(atPath: path)) }
    }

    /// The bytes of all files, in all folders, and of what the programs wrote on their streams.
    func everything() throws -> [UInt8] {
        let root = (path as NSString).deletingLastPathComponent
        let files = try FileManager.default.subpathsOfDirectory(atPath: root)
        return files.reduce(into: []) { bytes, file in bytes += (try? Self.contents(of: "\(root)/\(file)")) ?? [] }
    }

    static func contents(of path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    static func lines(of text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    // MARK: The queue

    /// The report of the newest run, read from the queue's file.
    func report() throws -> RunReport {
        let queue = try Queue(reading: "\(path)/.sluice/queue.db")
        return try queue.report(on: queue.run(named: nil))
    }

    /// Waits until the newest run's report is as wished, looking again and again: another process changes it.
    func wait(until isReached: (RunReport) -> Bool) async throws {
        while true {
            if let report = try? report(), isReached(report) { return }
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    /// Waits until a table of the queue, or a part of it, has at least so many rows.
    func wait(forRows count: Int64, in table: String) async throws {
        try await wait { _ in
            let queue = try? Queue(reading: "\(path)/.sluice/queue.db")
            return (try? queue?.database.integer("SELECT count(*) FROM \(table)") ?? 0) ?? 0 >= count
        }
    }
}

/// Runs a test's body against a simulated endpoint and in a folder of its own, and stops the endpoint behind.
func withEndpoint(
    _ configure: (inout SimulatorConfiguration) -> Void = { _ in },
    _ body: (Simulator, Workspace) async throws -> Void
) async throws {
    var configuration = SimulatorConfiguration()
    configure(&configuration)
    let simulator = try await Simulator.start(configuration)
    do {
        try await body(simulator, Workspace())
    } catch {
        await simulator.stop()
        throw error
    }
    await simulator.stop()
}

/// The parent of all suites here: one program at a time, or a machine with two cores measures nothing but itself.
@Suite(.serialized, .timeLimit(.minutes(1))) enum CommandLineTests {}
