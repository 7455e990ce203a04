/// A call into libcrypto that failed: no memory, or a configuration without the default provider.
package struct DigestError: Error, Equatable, Sendable, CustomStringConvertible {
    package var call: String

    package var description: String { "SHA-256 is not available: libcrypto's \(call) failed" }
}
