import Glibc
import Testing

@testable import Sluice

@Suite struct InputReaderTests {
    static let contents: [(name: String, text: String, events: [ReaderFixture.Event])] = [
        ("prompts", "{\"a\":1}\n", [.row(1, "{\"a\":1}")]),
        ("prompts.txt", "\n  {\"a\":1}\n", [.row(2, "{\"a\":1}")]),
        ("prompts.txt", "\u{FEFF}{\"a\":1}", [.row(1, "{\"a\":1}")]),
        ("prompts.txt", "a\n1\n", [.row(2, "{\"a\":\"1\"}")]),
        ("prompts.txt", "\n\n\"a\"\n1\n", [.row(4, "{\"a\":\"1\"}")]),
        ("prompts.txt", "[a\n1\n", [.row(2, "{\"[a\":\"1\"}")]),
        ("prompts.txt", "", []),
        ("prompts.txt", "\n", []),
        ("prompts.txt", "{", [.problem("prompts.txt:1:2: invalid JSON: unexpected end of text")]),
        ("p.JSONL", "{}", [.row(1, "{}")]),
        ("p.ndjson", "{}", [.row(1, "{}")]),
        ("p.CSV", "{}\n1", [.row(2, "{\"{}\":\"1\"}")]),
        ("p.csv.gz", "{}\n1", [.row(2, "{\"{}\":\"1\"}")]),
        ("p.gz", "{}\n", [.row(1, "{}")]),
    ]

    @Test(arguments: contents) func formatsAreFoundOut(
        _ name: String, _ text: String, _ events: [ReaderFixture.Event]
    ) throws {
        #expect(try ReaderFixture().read(name, text) == events)
    }

    @Test func theFormatMayBeGiven() throws {
        let fixture = try ReaderFixture()
        #expect(try fixture.read("p.csv", "{\"a\":1}\n", format: .jsonl) == [.row(1, "{\"a\":1}")])
        #expect(try fixture.read("p.jsonl", "{\n1\n", format: .csv) == [.row(2, "{\"{\":\"1\"}")])
        #expect(fixture.error("p.txt", " [ {\"a\":1}]")?.hasPrefix("p.txt is a JSON array;") == true)
    }

    @Test func whatIsNoFileIsNamed() throws {
        let fixture = try ReaderFixture()
        func error(_ path: String) -> String? {
            #expect(throws: InputError.self) { try InputReader(source: .file(path: path)) }?.description
                .replacing(fixture.directory, with: "D")
        }
        let missing = " does not exist; check the path, which a job file gives relative to itself"
        #expect(error(fixture.directory + "/none.csv") == "D/none.csv" + missing)
        let file = try fixture.write("file", [])
        #expect(error(file + "/x.csv") == "D/file/x.csv" + missing)
        #expect(error(fixture.directory) == "D is a directory; name a .jsonl or .csv file in it")
        let pipe = fixture.path("pipe.csv")
        #expect(mkfifo(pipe, 0o600) == 0)
        let words = " is not a regular file; to read from a pipe give - as the input and pipe into Sluice"
        #expect(error(pipe) == "D/pipe.csv" + words)
        #expect(error("/dev/null") == "/dev/null" + words)
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything")) func unreadableFilesAreNamed() throws {
        let fixture = try ReaderFixture()
        let path = try fixture.write("x.csv", Array("a\n1\n".utf8))
        #expect(chmod(path, 0) == 0)
        #expect(throws: InputError.unreadable(file: path, code: EACCES)) {
            try InputReader(source: .file(path: path))
        }
    }

    @Test func brokenGzipIsNamedAfterTheRowsBeforeIt() throws {
        let fixture = try ReaderFixture()
        let whole = ReaderFixture.gzip(Array("{\"a\":1}\n{\"a\":2}\n".utf8))
        #expect(
            fixture.error("x.jsonl.gz", Array(whole.dropLast(9)))
                == "x.jsonl.gz: the gzip data ends too early; is the file complete?")
        #expect(
            fixture.error("x.jsonl.gz", whole + [1])
                == "x.jsonl.gz: bytes that are not gzip follow the gzip data")
        #expect(
            fixture.error("x.jsonl.gz", [0x1F, 0x8B])
                == "x.jsonl.gz: the gzip data ends too early; is the file complete?")
        #expect(try fixture.read("x.jsonl.gz", whole + whole).count == 4)
    }

    /// Input that delivers little at a time, as standard input may: each read of such a socket gives one message.
    @Test(arguments: [1, 2, 3, 1000]) func readsMayBeShort(step: Int) throws {
        let bytes = ReaderFixture.gzip(Array("{\"a\":1}\n".utf8))
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
        defer { close(ends[0]) }
        for start in stride(from: 0, to: bytes.count, by: step) {
            let part = Array(bytes[start..<min(bytes.count, start + step)])
            #expect(write(ends[1], part, part.count) == part.count)
        }
        close(ends[1])
        var output: [UInt8] = []
        try InputBytes(descriptor: ends[0], file: "socket").forEachPiece { output.append(contentsOf: $0) }
        #expect(output == Array("{\"a\":1}\n".utf8))
    }

    @Test func aDescriptorThatCannotBeReadIsAnError() throws {
        let input = InputBytes(descriptor: -1, file: "nothing")
        #expect(throws: InputError.readFailed(file: "nothing", code: EBADF)) { try input.forEachPiece { _ in } }
    }

    private struct Enough: Error {}

    @Test func aClosureMayEndTheReading() throws {
        let fixture = try ReaderFixture()
        for (name, text) in [("x.jsonl", "{}\n{}\n"), ("x.csv", "a\n1\n2\n")] {
            let reader = try InputReader(source: .file(path: fixture.write(name, Array(text.utf8))))
            var rows = 0
            #expect(throws: Enough.self) {
                try reader.forEachRow { _ in
                    rows += 1
                    throw Enough()
                } problem: { _ in
                }
            }
            #expect(rows == 1)
        }
    }

    /// The first bytes may come one by one.
    @Test func theHeadWaitsForEnough() {
        func answers(_ text: String, _ format: InputFormat) -> InputHead.Answer {
            var head = InputHead(format: format)
            for byte in text.utf8 {
                guard head.answer(atEnd: false) == .undecided else { break }
                withUnsafeBytes(of: byte) { head.append($0) }
            }
            return head.answer(atEnd: false)
        }
        #expect(answers("\u{FEFF}{\"a\":1}", .automatic) == .format(.jsonl, skip: 3))
        #expect(answers("   {\"a\":1}", .automatic) == .format(.jsonl, skip: 0))
        #expect(answers("{   \"a\":1}", .automatic) == .format(.jsonl, skip: 0))
        #expect(answers("{  \n\"a\":1}", .automatic) == .spreadObject)
        #expect(answers("[   {", .automatic) == .jsonArray)
        #expect(answers("[   x", .automatic) == .format(.csv, skip: 0))
        #expect(answers("[   x", .jsonl) == .jsonArray)
        #expect(answers("a,b", .automatic) == .format(.csv, skip: 0))
        #expect(answers("   ", .automatic) == .undecided)
        #expect(answers("{", .jsonl) == .undecided)
        var blank = InputHead(format: .automatic)
        [UInt8](repeating: 0x20, count: 70_000).withUnsafeBytes { blank.append($0) }
        #expect(blank.answer(atEnd: false) == .format(.jsonl, skip: 0))
    }
}
