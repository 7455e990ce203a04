#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What system calls report.
enum SystemCall {
    /// The system's words for an `errno`, such as "Too many open files".
    static func message(for code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let start = buffer.baseAddress, strerror_r(code, start, buffer.count) == 0 else {
                return "error \(code)"
            }
            return String(cString: start)
        }
    }
}
