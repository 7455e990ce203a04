import Foundation
import Testing

@testable import Sluice

@Suite struct Base64Tests {
    // RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func vectors(plain: String, text: String) {
        #expect(String(decoding: Base64.encoded(Array(plain.utf8)), as: UTF8.self) == text)
    }

    @Test func everyByteAtEveryPlace() {
        for length in 250...260 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ length) }
            #expect(Base64.encoded(bytes) == Array(Data(bytes).base64EncodedString().utf8))
            #expect(Base64.encodedCount(of: length) == Data(bytes).base64EncodedString().utf8.count)
        }
    }
}
