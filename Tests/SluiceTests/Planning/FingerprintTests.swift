import Digest
import Testing

@testable import Sluice

@Suite struct FingerprintTests {
    // sha256(len "POST" len url len body)[..16], computed with Python's hashlib.
    @Test(arguments: [
        ("POST", "/v1/chat/completions", #"{"model":"m"}"#, "638eda9041e3e6d5e88252d16c8dade3"),
        ("POST", "/v1/chat/completions", "", "79a35844ae07c9f7c50c57ed07cb5d8f"),
        ("POST", "/v1/embeddings", #"{"model":"m"}"#, "397319bda010559036d8de2fc4607d3c"),
    ])
    func isStable(method: String, url: String, body: String, hex: String) throws {
        let hasher = try SHA256Hasher()
        let fingerprint = try Fingerprint(method: method, url: url, body: Array(body.utf8), hasher: hasher)
        #expect(fingerprint.description == hex)
        #expect(Fingerprint(bytes: fingerprint.bytes) == fingerprint)
        #expect(try Fingerprint(method: method, url: url, body: Array(body.utf8), hasher: hasher) == fingerprint)
    }

    @Test func partsDoNotRunTogether() throws {
        let hasher = try SHA256Hasher()
        let one = try Fingerprint(method: "POST", url: "/a", body: Array("b".utf8), hasher: hasher)
        let other = try Fingerprint(method: "POST", url: "/", body: Array("ab".utf8), hasher: hasher)
        #expect(one != other)
    }

    @Test func takesSixteenBytes() {
        #expect(Fingerprint(bytes: [UInt8](repeating: 0, count: 15)) == nil)
        #expect(Fingerprint(bytes: Array(0..<16))?.description == "000102030405060708090a0b0c0d0e0f")
    }
}
