import CSimdjson

/// Parses JSON documents one after the other and owns the memory of the last one.
///
/// Everything of a document is validated: grammar, numbers, escapes, UTF-8, depth, and that nothing but white space
/// follows. Numbers of any size are valid, and so are lone surrogate escapes and repeated keys. A byte order mark is
/// refused. A parser belongs to one thread or actor at a time; reuse it, since its buffers are made for the first
/// document and kept. Those that an uncommonly large document needed are given back at the next small one.
@usableFromInline
package final class JSONParser {
    package let maximumDepth: Int
    private let handle: OpaquePointer?
    // Unchecked, here and below: readers in other modules look at both with every question, and each access ends before
    // anything else runs, so that no two can overlap on the one thread that a parser belongs to.
    @exclusivity(unchecked) @usableFromInline var document = sluice_json_document()

    /// Counts parses, so that a value kept too long is noticed and does not read another document's bytes.
    @exclusivity(unchecked) @usableFromInline var generation: UInt32 = 0

    /// - Parameter maximumDepth: how many objects and arrays may stand around a value.
    package init(maximumDepth: Int = 128) {
        let depth = UInt32(clamping: min(maximumDepth, 100_000))
        self.maximumDepth = Int(depth)
        handle = sluice_json_parser_create(depth)
    }

    deinit {
        sluice_json_parser_destroy(handle)
    }

    /// Parses a document and returns its value.
    ///
    /// The value, and all values reached from it, are good until this parser's next parse.
    package func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        bytes.withUnsafeBufferPointer { load($0.baseAddress, count: $0.count) }
        return try root()
    }

    package func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
        bytes.withUnsafeBufferPointer { load($0.baseAddress, count: $0.count) }
        return try root()
    }

    /// The bytes are copied; they need not outlive the call.
    package func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        load(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, count: bytes.count)
        return try root()
    }

    private func load(_ bytes: UnsafePointer<UInt8>?, count: Int) {
        generation &+= 1
        document = sluice_json_parse(handle, bytes, count)
    }

    private func root() throws(JSONError) -> JSONValue {
        if let reason = document.reason {
            throw JSONError(offset: Int(document.error_offset), reason: String(cString: reason))
        }
        return JSONValue(parser: self, index: 0)
    }
}
