import Curl
import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a streamed answer while it comes: puts it together, and tells the transfer what each piece is worth.
///
/// Only what has been put together is kept, not the stream itself, which is many times as long.
///
/// Proof of @unchecked: a sink is touched by the loop's thread until its request has ended, and then handed over with
/// the result (`BodySink`). The parser, which all watches of a transport share, is used within `receive` and `end`
/// alone, both on the loop's thread.
final class StreamWatch: BodySink, @unchecked Sendable {
    private var events = EventStreamParser()
    private var assembler: StreamAssembler
    /// From the send to the first text and to the last.
    private(set) var firstText: Duration?
    private(set) var lastText: Duration?
    /// What came, once the request has ended.
    private(set) var answer: StreamedAnswer?

    init(parser: JSONParser) {
        assembler = StreamAssembler(parser: parser)
    }

    func receive(_ piece: UnsafeRawBufferPointer, after elapsed: Duration) -> BodyProgress {
        var progress: Progress = []
        events.append(Array(piece)[...]) { progress.formUnion(assembler.add(name: $0, data: $1)) }
        if events.isOverLimit { assembler.breakOff() }
        if progress.contains(.text) {
            firstText = firstText ?? elapsed
            lastText = elapsed
        }
        if assembler.isDone { return .complete }
        return progress.isEmpty ? .alive : .progress
    }

    func end() {
        guard answer == nil else { return }
        events.finish { _ = assembler.add(name: $0, data: $1) }
        answer = StreamedAnswer(assembler)
    }
}

/// Makes the watches of one transport.
///
/// Proof of @unchecked: the parser is used by watches alone, which stand on the loop's thread.
final class StreamWatches: @unchecked Sendable {
    private let parser = JSONParser()
    private static let mark: StaticString = "/event-stream"

    /// A watch for an answer whose head says that it is a stream. One that says so in other letters is put together
    /// when it has come to its end.
    func watch(_ head: UnsafeRawBufferPointer) -> StreamWatch? {
        guard var rest = head.baseAddress else { return nil }
        let (end, length) = (rest + head.count, Self.mark.utf8CodeUnitCount)
        while end - rest >= length, let slash = memchr(rest, Int32(UInt8(ascii: "/")), end - rest - length + 1) {
            if memcmp(slash, Self.mark.utf8Start, length) == 0 { return StreamWatch(parser: parser) }
            rest = UnsafeRawPointer(slash) + 1
        }
        return nil
    }
}
