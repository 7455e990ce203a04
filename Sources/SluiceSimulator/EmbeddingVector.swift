/// A vector that depends on its text alone: numbers in steps of 1/256 from −1 up to 1, which decimals and 32-bit floats
/// hold exactly.
package struct EmbeddingVector: Sendable, Equatable {
    package private(set) var numbers: [Float] = []

    package init(of text: [UInt8], dimensions: Int = 8) {
        var random = RepeatableRandom(seed: 0, body: SimulatedAnswer.fnv1a(text), attempt: 0, purpose: 3)
        numbers.reserveCapacity(dimensions)
        for _ in 0..<dimensions {
            numbers.append(Float(Int(random.next() >> 55) - 256) / 256)
        }
    }

    func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(0x5B)
        for (index, number) in numbers.enumerated() {
            if index > 0 { bytes.append(0x2C) }
            bytes.append(text: "\(number)")
        }
        bytes.append(0x5D)
    }

    /// The numbers as 32-bit floats, the lowest byte first.
    func appendBase64(to bytes: inout [UInt8]) {
        let floats = numbers.flatMap { number in (0..<4).map { UInt8(number.bitPattern >> ($0 * 8) & 0xFF) } }
        Base64.append(floats, to: &bytes)
    }
}
