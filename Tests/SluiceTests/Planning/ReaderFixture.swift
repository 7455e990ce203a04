import Glibc
import Testing

@testable import Sluice

/// A directory that lives as long as a test, and what a reader makes of the files in it.
final class ReaderFixture {
    /// What was read, in order: a row as line and JSON, a problem as its description.
    enum Event: Equatable {
        case row(Int, String)
        case problem(String)
    }

    let directory: String

    init() throws {
        var template = Array("/tmp/sluice-reader-XXXXXX".utf8CString)
        directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        for file in files { unlink(directory + "/" + file) }
        rmdir(directory)
    }

    private var files: [String] = []

    func path(_ name: String) -> String {
        files.append(name)
        return directory + "/" + name
    }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = path(name)
        let file = try #require(fopen(path, "w"))
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        #expect(fclose(file) == 0)
        return path
    }

    /// Writes a file and reads it; problems name the file without its directory.
    func read(
        _ name: String, _ bytes: [UInt8], format: InputFormat = .automatic, delimiter: UInt8? = nil,
        limit: Int = 64 << 20
    ) throws -> [Event] {
        let path = try write(name, bytes)
        let reader = try InputReader(
            source: .file(path: path), format: format, delimiter: delimiter, maximumLineBytes: limit)
        var events: [Event] = []
        try reader.forEachRow {
            var json: [UInt8] = []
            $0.appendJSONObject(to: &json)
            events.append(.row($0.line, String(decoding: json, as: UTF8.self)))
        } problem: {
            #expect($0.file == path)
            events.append(.problem($0.description.replacing(self.directory + "/", with: "")))
        }
        return events
    }

    func read(
        _ name: String, _ text: String, format: InputFormat = .automatic, delimiter: UInt8? = nil, limit: Int = 64 << 20
    ) throws -> [Event] {
        try read(name, Array(text.utf8), format: format, delimiter: delimiter, limit: limit)
    }

    /// The error of reading a file, without its directory.
    func error(_ name: String, _ bytes: [UInt8], format: InputFormat = .automatic, delimiter: UInt8? = nil) -> String? {
        let error = #expect(throws: InputError.self) {
            try read(name, bytes, format: format, delimiter: delimiter)
        }
        return error?.description.replacing(directory + "/", with: "")
    }

    func error(_ name: String, _ text: String, format: InputFormat = .automatic, delimiter: UInt8? = nil) -> String? {
        error(name, Array(text.utf8), format: format, delimiter: delimiter)
    }

    /// Bytes as one gzip member that stores them without compression.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            let count = UInt16(block.count)
            output.append(rest.isEmpty ? 1 : 0)
            for number in [count, ~count] { output += [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)] }
            output += block
        } while !rest.isEmpty
        var checksum = ~UInt32(0)
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        for number in [~checksum, UInt32(truncatingIfNeeded: bytes.count)] {
            for shift in [0, 8, 16, 24] { output.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
        }
        return output
    }
}
