/// A declaration of what to run: input, request template, endpoint, limits, output. A value; it holds no key.
package struct Job: Sendable, Equatable {
    /// Identifies the job's runs; safe as a file name.
    package var name: String
    package var input: InputSource
    package var inputFormat: InputFormat = .automatic
    /// The byte between a CSV file's fields; nil lets the reader choose by the file's name.
    package var delimiter: UInt8?
    /// The template of `custom_id`; nil takes the row's own.
    package var customID: Template?
    /// The template of a row's priority; nil where all are sent in the order of the input.
    package var priority: Template?
    /// Those that share the requests; never none. Which of them answers is no part of what is asked.
    package var endpoints: [Endpoint]
    /// The path of a request that brings none of its own.
    package var url = "/v1/chat/completions"
    package var request = RequestTemplate()
    /// Rows that say nothing of streaming are streamed.
    package var streams = false
    package var attachments = AttachmentSettings()
    /// Of each endpoint that has none of its own.
    package var limits = Limits()
    package var retry = RetrySettings()
    package var timeouts = Timeouts()
    /// Of each endpoint that has none of its own.
    package var price: PriceSource?
    package var output = OutputSettings()
    /// What answers must be; nil takes any.
    package var expectation: Expectation?
    package var onTruncation: TruncationPolicy = .keep
    package var reuse = Reuse.never
    package var finishBy: FinishBy?

    package init(name: String, input: InputSource, endpoint: Endpoint) {
        self.init(name: name, input: input, endpoints: [endpoint])
    }

    package init(name: String, input: InputSource, endpoints: [Endpoint]) {
        precondition(!endpoints.isEmpty)
        self.name = name
        self.input = input
        self.endpoints = endpoints
    }

    package static let maximumNameLength = 128

    /// Whether a name may stand in file names and on command lines: letters, digits, `.`, `_` and `-`, and it begins
    /// with a letter or digit.
    package static func isValidName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= maximumNameLength else { return false }
        return isLetterOrDigit(first)
            && name.utf8.allSatisfy { isLetterOrDigit($0) || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    /// Whether a text can be the path of an operation, as in `/v1/chat/completions`.
    package static func isValidPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
    }

    /// A valid name made from a path: its last component up to the first dot, other characters replaced by `-`.
    package static func name(fromPath path: String) -> String {
        let file = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
        var stem = Array(file.prefix { $0 != UInt8(ascii: ".") }.prefix(maximumNameLength))
        for index in stem.indices where !isLetterOrDigit(stem[index]) && stem[index] != UInt8(ascii: "_") {
            stem[index] = UInt8(ascii: "-")
        }
        let name = String(decoding: stem.drop { !isLetterOrDigit($0) }, as: UTF8.self)
        return name.isEmpty ? "job" : name
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
