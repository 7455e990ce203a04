import ArgumentParser

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The three streams of the program: data on standard output, everything else on standard error.
enum Console {
    static func print(_ text: String) { write(Array(text.utf8), to: STDOUT_FILENO) }

    static func print(_ bytes: [UInt8]) { write(bytes + [0x0A], to: STDOUT_FILENO) }

    static func tell(_ line: String) { write(Array("\(line)\n".utf8), to: STDERR_FILENO) }

    static func tell(unended text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns of the terminal, 80 where it does not say.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Runs a command's work; what it throws becomes one sentence and the exit code 2.
    static func run(_ work: () async throws -> ExitCode) async throws {
        let code: ExitCode
        do {
            code = try await work()
        } catch let error as ExitCode {
            code = error
        } catch let error as ValidationError {
            throw error
        } catch {
            tell("sluice: \(error)")
            code = .couldNotRun
        }
        if code != .success { throw code }
    }

    private static func write(_ bytes: [UInt8], to file: Int32) {
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                #if canImport(Glibc)
                    let count = Glibc.write(file, buffer.baseAddress! + sent, buffer.count - sent)
                #else
                    let count = Darwin.write(file, buffer.baseAddress! + sent, buffer.count - sent)
                #endif
                // A reader that went away, as `head` does, needs no more of it.
                if count < 0, errno != EINTR { return }
                sent += max(count, 0)
            }
        }
    }
}

extension ExitCode {
    /// Complete, but some rows are in another class than `ok`.
    static let incompleteAnswers = ExitCode(1)
    static let couldNotRun = ExitCode(2)
    /// Stopped early with work left: the same command goes on.
    static let workLeft = ExitCode(3)
}
