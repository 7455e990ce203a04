#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which thread is running.
enum ThreadIdentity {
    /// Never 0.
    @inline(__always)
    static var current: UInt {
        #if canImport(Glibc)
            UInt(pthread_self())
        #else
            UInt(bitPattern: pthread_self())
        #endif
    }
}
