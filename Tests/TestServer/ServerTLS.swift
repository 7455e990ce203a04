import CTLS
import Curl
import Glibc
import Synchronization

/// What a test's server speaks TLS with, and how its handshakes went.
package final class ServerTLS: Sendable {
    package enum Version: String, CaseIterable, Sendable {
        case tls12 = "TLS 1.2"
        case tls13 = "TLS 1.3"
    }

    /// Handshakes that came to their end.
    package struct Handshakes: Sendable {
        /// With a key exchange signed by the certificate's key.
        package var full = 0
        /// Going on with the session of an earlier connection.
        package var resumed = 0
        package var all: Int { full + resumed }
    }

    /// A file with the certificate, for a client that is to trust it.
    package let authorityFile: String
    // Proof of nonisolated(unsafe): set once. Of a context, OpenSSL lets any number of threads make connections.
    nonisolated(unsafe) private let context: OpaquePointer
    private let counted = Mutex(Handshakes())

    package init(_ version: Version) throws {
        var path = Array("/tmp/sluice-authority-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0, let file = fdopen(descriptor, "w") else {
            throw CurlError.system(call: "mkstemp", code: errno)
        }
        defer { fclose(file) }
        guard let context = ctls_server(version == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION, file) else {
            unlink(path)
            throw CurlError.library("OpenSSL makes no server")
        }
        authorityFile = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.context = context
    }

    deinit { SSL_CTX_free(context) }

    /// Removes the file: at the end of a test, as a server's threads may end after it.
    func forget() {
        unlink(authorityFile)
    }

    /// Up to now: the handshake of a connection counts before its first request is read.
    package var handshakes: Handshakes { counted.withLock { $0 } }

    /// Greets a client that has just connected; nil if the two do not agree.
    func accept(_ descriptor: Int32) -> TLSConnection? {
        guard let connection = SSL_new(context).map(TLSConnection.init) else { return nil }
        guard connection.greet(descriptor) else { return nil }
        counted.withLock { handshakes in
            if connection.isResumed { handshakes.resumed += 1 } else { handshakes.full += 1 }
        }
        return connection
    }
}

/// One connection's TLS, used by one thread.
final class TLSConnection {
    private let ssl: OpaquePointer

    init(_ ssl: OpaquePointer) { self.ssl = ssl }

    deinit { SSL_free(ssl) }

    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    func greet(_ descriptor: Int32) -> Bool {
        ERR_clear_error()
        return SSL_set_fd(ssl, descriptor) == 1 && SSL_accept(ssl) == 1
    }

    /// Waits for bytes; 0 or less at the end.
    func read(_ bytes: inout [UInt8]) -> Int {
        ERR_clear_error()
        return Int(SSL_read(ssl, &bytes, Int32(clamping: bytes.count)))
    }

    /// Writes all of the bytes; 0 or less if the client is gone.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        ERR_clear_error()
        return Int(SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count)))
    }

    /// Says that nothing more will come.
    func end() {
        ERR_clear_error()
        SSL_shutdown(ssl)
    }
}
