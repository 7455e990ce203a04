import Testing

@testable import Sluice

@Suite struct SecretsTests {
    /// The same, one place after the other.
    private func redactedSlowly(_ text: [UInt8], _ secrets: [[UInt8]]) -> [UInt8] {
        var text = text
        for secret in secrets where !secret.isEmpty {
            var result: [UInt8] = []
            var rest = text[...]
            while !rest.isEmpty {
                if rest.starts(with: secret) {
                    result += "[key]".utf8
                    rest = rest.dropFirst(secret.count)
                } else {
                    result.append(rest.removeFirst())
                }
            }
            text = result
        }
        return text
    }

    @Test(arguments: ["sk-1", "ab", "a", "-", "aab", "-a-", "1a1a", "key", "", "a b", "aaaaaaaaaaaaaaaaaaaaaaaa"])
    func everyOccurrenceGoes(secret: String) {
        var chance = Chance(state: 5)
        let secret = Array(secret.utf8)
        for _ in 0..<2000 {
            let length = Int.random(in: 0...24, using: &chance)
            var text = (0..<length).map { _ in Array("ab-1 sk".utf8).randomElement(using: &chance) ?? 0 }
            for _ in 0..<Int.random(in: 0...2, using: &chance) {
                text.insert(contentsOf: secret, at: Int.random(in: 0...text.count, using: &chance))
            }
            let secrets = [secret, Array("b-".utf8)]
            #expect(Secrets.redacted(text, secrets) == redactedSlowly(text, secrets))
            #expect(
                text.withUnsafeBytes { Secrets.stand(in: $0, [secret]) } == (redactedSlowly(text, [secret]) != text))
        }
    }
}
