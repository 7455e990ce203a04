#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The process's limit on open descriptors: every request in flight over HTTP/1.1 holds one.
package enum OpenFiles {
    /// The soft limit as it stands, or nil if the system does not say.
    package static var softLimit: Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises the soft limit to `count`, or as far towards it as the hard limit allows, and returns what it is now.
    ///
    /// A limit that is already higher stays as it is. The caller compares the answer with what it needs and says so.
    @discardableResult
    package static func raiseSoftLimit(atLeast count: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let wanted = rlim_t(clamping: count)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = min(wanted, limit.rlim_max)
            // Darwin refuses more than OPEN_MAX even where the hard limit is infinite: the answer below tells.
            _ = setrlimit(resource, &raised)
        }
        return softLimit ?? 0
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
