import CRE2

/// A compiled regular expression of RE2's syntax: matching takes time in proportion to the text and to the
/// pattern, whatever they are.
///
/// There are no look-around assertions and no back-references; a pattern that has them is refused.
package final class RegularExpression {
    /// Patterns are written by people.
    package static let maximumLength = 64 << 10

    private let handle: OpaquePointer
    private let size: Int

    package init(_ pattern: String) throws(RegularExpressionError) {
        var pattern = pattern
        guard pattern.utf8.count <= Self.maximumLength else {
            throw RegularExpressionError(reason: "longer than \(Self.maximumLength >> 10) KiB", offset: nil)
        }
        var reason = [CChar](repeating: 0, count: 256)
        var part = [CChar](repeating: 0, count: 256)
        let created = pattern.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                sluice_re2_create($0.baseAddress, $0.count, &reason, reason.count, &part, part.count)
            }
        }
        guard let created else {
            throw RegularExpressionError(
                reason: Self.text(reason), offset: Self.offset(of: Self.text(part), in: pattern))
        }
        handle = created
        size = max(Int(sluice_re2_size(created)), 1)
    }

    deinit {
        sluice_re2_destroy(handle)
    }

    /// Steps of about a nanosecond that a text of so many bytes takes at worst; mostly it is one for each byte.
    ///
    /// Where the states of a pattern do not fit into its memory, RE2 follows all of its instructions at once:
    /// `.{1,1000}b` has nine thousand, which makes 90 seconds of 10 MB.
    package func steps(_ length: Int) -> Int {
        let (steps, overflow) = size.multipliedReportingOverflow(by: length)
        return overflow ? .max : steps
    }

    /// Whether the pattern is found anywhere in UTF-8 text. `^` and `$` stand for the text's ends alone, and `.` for
    /// any character but a line feed.
    package func isFound(in text: UnsafeRawBufferPointer) -> Bool {
        sluice_re2_is_found(handle, text.assumingMemoryBound(to: UInt8.self).baseAddress, text.count)
    }

    package func isFound(in text: [UInt8]) -> Bool {
        text.withUnsafeBytes { isFound(in: $0) }
    }

    /// RE2 tells the part that it did not like and not where that stands; its first place is told.
    private static func offset(of part: String, in pattern: String) -> Int? {
        let part = Array(part.utf8)
        let pattern = Array(pattern.utf8)
        guard !part.isEmpty, part.count <= pattern.count else { return nil }
        return (0...pattern.count - part.count).first { pattern[$0...].starts(with: part) }
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
