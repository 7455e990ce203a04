#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sees to it, before anything is paid for, that no file of a job is written over by another one.
package enum OutputCheck {
    /// - Parameter kept: further files that must stay, such as the queue and the job file.
    package static func check(
        _ output: OutputSettings, input: InputSource, kept: [String] = []
    ) throws(ExportError) {
        if output.results == "-", output.errors == "-" { throw .sameFile(path: "-") }
        let files = [output.results, output.errors].compactMap { $0 }.filter { $0 != "-" }
        if case .file(let input) = input, let file = files.first(where: { isSame($0, input) }) {
            throw .wouldReplaceInput(path: file)
        }
        for keep in kept {
            if let file = files.first(where: { isSame($0, keep) }) { throw .wouldReplace(path: file) }
        }
        if files.count == 2, isSame(files[0], files[1]) { throw .sameFile(path: files[0]) }
    }

    /// The same path by whatever way, or two names of one file.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        if place(left) == place(right) { return true }
        var (first, second) = (stat(), stat())
        guard stat(left, &first) == 0, stat(right, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// The path with its folder as the system resolves it; the file itself need not be there yet.
    private static func place(_ path: String) -> String {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? "."
        guard let resolved = realpath(folder, nil) else { return path }
        defer { free(resolved) }
        return "\(String(cString: resolved))/\(slash.map { path[path.index(after: $0)...] } ?? path[...])"
    }
}
