#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sees to it, before anything is paid for, that no file of a job is written over by another one.
enum OutputCheck {
    static func check(_ job: Job) throws(ExportError) {
        guard let results = job.output.results, results != "-" else { return }
        if case .file(let input) = job.input, isSame(results, input) { throw .wouldReplaceInput(path: results) }
        guard let errors = job.output.errors else { return }
        if isSame(results, errors) { throw .sameFile(path: results) }
        if case .file(let input) = job.input, isSame(errors, input) { throw .wouldReplaceInput(path: errors) }
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
