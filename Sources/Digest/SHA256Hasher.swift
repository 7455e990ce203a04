import CCrypto

/// Computes SHA-256 digests one after the other; belongs to one thread or actor at a time.
///
/// The algorithm is fetched once and the context reused: in OpenSSL 3 the one-call `SHA256()` looks the algorithm up
/// each time, which costs more than hashing a short text (crypto(7), "ALGORITHM FETCHING").
/// A hasher starts empty, and is empty again after `finish`.
package final class SHA256Hasher {
    private let algorithm: OpaquePointer
    private let context: OpaquePointer

    package init() throws(DigestError) {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else { throw DigestError(call: "EVP_MD_fetch") }
        guard let context = EVP_MD_CTX_new() else {
            EVP_MD_free(algorithm)
            throw DigestError(call: "EVP_MD_CTX_new")
        }
        self.algorithm = algorithm
        self.context = context
        try reset()
    }

    deinit {
        EVP_MD_CTX_free(context)
        EVP_MD_free(algorithm)
    }

    /// Forgets what was added since the last `finish`.
    package func reset() throws(DigestError) {
        guard EVP_DigestInit_ex2(context, algorithm, nil) == 1 else { throw DigestError(call: "EVP_DigestInit_ex2") }
    }

    package func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            throw DigestError(call: "EVP_DigestUpdate")
        }
    }

    package func update(_ bytes: [UInt8]) throws(DigestError) {
        let status = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        guard status == 1 else { throw DigestError(call: "EVP_DigestUpdate") }
    }

    package func update(_ bytes: ArraySlice<UInt8>) throws(DigestError) {
        let status = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        guard status == 1 else { throw DigestError(call: "EVP_DigestUpdate") }
    }

    /// Adds the text's UTF-8.
    package func update(_ text: String) throws(DigestError) {
        var text = text
        let status = text.withUTF8 { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        guard status == 1 else { throw DigestError(call: "EVP_DigestUpdate") }
    }

    /// Adds a number as eight bytes, big end first: the length before a part, so that parts cannot run together.
    package func update(bigEndian number: UInt64) throws(DigestError) {
        let status = withUnsafeBytes(of: number.bigEndian) { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        guard status == 1 else { throw DigestError(call: "EVP_DigestUpdate") }
    }

    /// The digest of everything added since the start or the last `finish`.
    package func finish() throws(DigestError) -> SHA256Digest {
        let digest = try SHA256Digest { (bytes) throws(DigestError) in
            guard EVP_DigestFinal_ex(context, bytes.baseAddress, nil) == 1 else {
                throw DigestError(call: "EVP_DigestFinal_ex")
            }
        }
        try reset()
        return digest
    }

    /// The digest of bytes alone, for the occasional call; keep a hasher where there are many.
    package static func hash(_ bytes: [UInt8]) throws(DigestError) -> SHA256Digest {
        let hasher = try SHA256Hasher()
        try hasher.update(bytes)
        return try hasher.finish()
    }
}
