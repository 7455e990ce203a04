/// Puts a request's body together from what the queue holds and what goes into it when it is sent.
package enum BodyAssembly {
    /// The body with each piece put in before the byte at its position, which counts in the body as given. Pieces at
    /// the same position keep their order.
    package static func body(_ body: [UInt8], inserting pieces: [(position: Int, bytes: [UInt8])]) -> [UInt8] {
        guard !pieces.isEmpty else { return body }
        var assembled: [UInt8] = []
        assembled.reserveCapacity(pieces.reduce(body.count) { $0 + $1.bytes.count })
        var copied = 0
        // The standard library's sort keeps the order of equals.
        for piece in pieces.sorted(by: { $0.position < $1.position }) {
            assembled += body[copied..<piece.position]
            assembled += piece.bytes
            copied = piece.position
        }
        assembled += body[copied...]
        return assembled
    }
}
