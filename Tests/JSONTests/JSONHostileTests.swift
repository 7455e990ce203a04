import Foundation
import JSON
import Testing

/// Documents that are cut, bent or blown up: the parser answers, and answers as Foundation does.
@Suite struct JSONHostileTests {
    static let fixture = #"""
        {"id":"chatcmpl-1","model":"gpt-5.2","created":1760032810, "ok" : true,"none":null,"neg":-12.5e-3,
         "choices":[{"index":0,"message":{"role":"assistant","content":"Say \"hi\"\n\u00e9 \\ \uD83D\uDE00 é 😀"},
          "finish_reason":"stop"},{},[],[ ],"",{"a":[[1,2],[3,[4.0E+2,false]]]}],
         "usage":{"prompt_tokens":13,"completion_tokens":1891,"details":{"cached":0}}}
        """#

    @Test func everyTruncationIsRefused() throws {
        let bytes = Array(Self.fixture.utf8)
        let parser = JSONParser()
        _ = try parser.parse(bytes)
        for length in bytes.indices {
            let error = #expect(throws: JSONError.self) { try parser.parse(bytes[..<length]) }
            #expect((error?.offset ?? .max) <= length)
        }
    }

    /// Foundation guesses other encodings from zero bytes, so the mutations use none.
    @Test(arguments: 1...8 as ClosedRange<UInt64>) func mutationsAreJudgedAsFoundationDoes(seed: UInt64) {
        var random = SeededGenerator(seed)
        let parser = JSONParser()
        let original = Array(Self.fixture.utf8)
        let pieces: [[UInt8]] =
            [
                "\"", "\\", "{", "}", "[", "]", ":", ",", "0", "1", "-", ".", "e", " ", "\n", "null", "true", "é",
                "\\u12", "\u{1}",
            ]
            .map { Array($0.utf8) } + [[0xFF], [0x80], [0xC3], [0xED, 0xA0, 0x80]]
        for _ in 0..<600 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: at)
                case 1: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
                case 2: bytes[at] = UInt8.random(in: 1...255, using: &random)
                default: bytes.swapAt(at, Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            do {
                let value = try parser.parse(bytes)
                #expect(theirs || hasWhatFoundationRefuses(value), "\(String(decoding: bytes, as: UTF8.self))")
            } catch {
                // Foundation takes a comma before a closing bracket.
                let isComma = error.reason == "expected a value" && bytes[error.offset] == UInt8(ascii: "]")
                #expect(!theirs || isComma, "\(error): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    /// A number past the largest double, or a surrogate escape without its partner.
    private func hasWhatFoundationRefuses(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .number: value.double?.isFinite == false
        case .string: value.string?.contains("\u{FFFD}") == true
        case .array: value.elements.contains { hasWhatFoundationRefuses($0) }
        case .object: value.members.contains { hasWhatFoundationRefuses($0) || hasWhatFoundationRefuses($1) }
        default: false
        }
    }

    @Test func strayBytesNeverTrap() {
        var random = SeededGenerator(9)
        let parser = JSONParser()
        let alphabet = Array("{}[]:,\"\\/ \n\t0123456789-+.eEtruefalsnu\u{0}\u{1F}é".utf8) + [0xFF, 0x80]
        var accepted = 0
        for _ in 0..<40_000 {
            let count = Int.random(in: 0..<90, using: &random)
            let bytes = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            do {
                _ = try parser.parse(bytes)
                accepted += 1
            } catch {
                #expect(error.offset <= bytes.count)
            }
        }
        #expect(accepted < 40_000)
    }

    /// A large document, then a small one, then a larger one: the buffers are given back and made anew.
    @Test func sizesMayAlternate() throws {
        let parser = JSONParser()
        let element = "{\"text\":\"" + String(repeating: "é\\n", count: 50) + "\"}"
        for elements in [1, 40_000, 1, 0, 80_000, 3] {
            let text = "[" + repeatElement(element, count: elements).joined(separator: ",") + "]"
            let value = try parser.parse(Array(text.utf8))
            #expect(value.count == elements)
            #expect(value.range == 0..<text.utf8.count)
            #expect(elements == 0 || value[elements - 1]?["text"]?.string?.utf8.count == 150)
        }
    }

    @Test func nodesAreBounded() throws {
        let parser = JSONParser()
        var bytes = [UInt8](repeating: UInt8(ascii: ","), count: (16 << 20) + 1)
        #expect(throws: JSONError(offset: 16 << 20, reason: "too many values")) { try parser.parse(bytes) }
        bytes.removeLast()
        #expect(throws: JSONError(offset: 0, reason: "expected a value")) { try parser.parse(bytes) }
        #expect(try parser.parse(Array("[1]".utf8))[0]?.integer == 1)
    }

    @Test func manyNodesFit() throws {
        let parser = JSONParser()
        let bytes = Array(("[" + String(repeating: "1,", count: 500_000) + "1]").utf8)
        #expect(try parser.parse(bytes).count == 500_001)
        #expect(try parser.parse(bytes).elements.reduce(into: 0) { $0 += $1.integer ?? 0 } == 500_001)
        let empties = Array(("[" + String(repeating: "[],", count: 300_000) + "{}]").utf8)
        #expect(try parser.parse(empties).count == 300_001)
    }
}
