import JSON

extension Expectation {
    /// The JSON text of a schema's file, which is a schema that answers can be held against.
    package static func schema(path: String) throws(JobFileError) -> String {
        let bytes = try JobFile.read(path)
        guard bytes.count <= maximumSchema.bytes else {
            throw JobFileError(path: path, reason: "is larger than a schema may be (\(maximumSchema))")
        }
        do {
            _ = try JSONParser().parse(bytes)
        } catch {
            let (line, column) = place(of: error.offset, in: bytes)
            throw JobFileError(problems: [
                .init(path: path, line: line, column: column, reason: "is not JSON: \(error.reason)")
            ])
        }
        let text = String(decoding: bytes, as: UTF8.self)
        do {
            _ = try AnswerCheck(Expectation(.schema(text)))
        } catch {
            throw JobFileError(path: path, reason: error.reason)
        }
        return text
    }

    /// Line and column from 1, columns in Unicode scalars.
    private static func place(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        let before = bytes.prefix(offset)
        let lines = before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return (lines.count, (lines.last ?? []).count { $0 & 0xC0 != 0x80 } + 1)
    }
}
