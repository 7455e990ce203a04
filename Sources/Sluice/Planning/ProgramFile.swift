#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file of the running program, by what tells one build from another: a newer one may read rows otherwise.
struct ProgramFile: Sendable, Equatable {
    var bytes: Int
    /// Nanoseconds since 1970.
    var changedAt: Int64

    /// Nil where the system does not say which file it is.
    static let current: ProgramFile? = {
        #if canImport(Glibc)
            var status = stat()
            guard stat("/proc/self/exe", &status) == 0 else { return nil }
            return ProgramFile(
                bytes: Int(status.st_size),
                changedAt: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
        #else
            return nil
        #endif
    }()
}
