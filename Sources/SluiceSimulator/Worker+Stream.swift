import NIOCore
import NIOHTTP1

/// Answers that come piece by piece.
extension Worker {
    func stream(
        _ request: HTTPRequestHead, _ answer: ModelAnswer, _ asked: ModelRequest, fault: Fault?, delay: Int64,
        head: ResponseHead
    ) -> Reply {
        let delivery = imitation.delivery
        let isChunked = request.version == .http1_1
        let telling = ModelAnswer.Telling(
            pieces: configuration.chunks, delivery: delivery, shape: imitation.answers,
            includesUsage: asked.includesUsage, includesUsageInEachEvent: asked.includesUsageInEachEvent, fault: fault)
        let failure = answer.failureEvents(telling, error: ErrorBody(status: 500), form: imitation.errors.form)
        let events = answer.events(telling).send(fault, failure: failure)

        var parts = StreamParts(isChunked: isChunked)
        parts.add(head: streamHead(head, isChunked: isChunked))
        let gap = configuration.chunkInterval.nanoseconds
        if delivery.byteOrderMark { parts.add([0xEF, 0xBB, 0xBF], after: 0) }
        var due = delay
        if let comment = delivery.comment, delivery.commentsBefore > 0 {
            let line = StreamEvent.comment(comment, delivery)
            for index in 0..<delivery.commentsBefore {
                let wait = index == 0 ? 0 : delay / Int64(delivery.commentsBefore)
                parts.add(line, after: wait)
                due -= wait
            }
        } else if fault == .blankLines {
            parts.add(StreamEvent.comment(" keep-alive", delivery) + Array("\n".utf8), after: 0)
        }
        for (index, event) in events.enumerated() {
            var wait = index == 0 ? due : gap
            if index > 0, let comment = delivery.comment {
                parts.add(StreamEvent.comment(comment, delivery), after: gap / 2)
                wait -= gap / 2
            }
            parts.add(event.bytes(delivery), after: wait)
        }
        var reply = Reply(account: .init(status: 200))
        switch fault {
        case .cut: reply.ending = .close
        case .stallHalf: reply.ending = .stall
        default:
            if delivery.lingers {
                reply.ending = .linger
            } else {
                parts.end()
                if !isChunked { reply.ending = .close }
            }
        }
        parts.move(to: &reply)
        return reply
    }

    /// Signs of life and no answer: comments in a stream, else blank lines.
    func pulse(_ request: HTTPRequestHead, streams: Bool, head: ResponseHead) -> Reply {
        let isChunked = request.version == .http1_1
        var head = head
        if !streams { head.closes = head.closes || !isChunked }
        let line =
            streams ? StreamEvent.comment(imitation.delivery.comment ?? " keep-alive", imitation.delivery) : [0x0A]
        var parts = StreamParts(isChunked: isChunked)
        if streams {
            parts.add(head: streamHead(head, isChunked: isChunked))
        } else {
            var bytes: [UInt8] = []
            head.append(imitation.heads, framing: isChunked ? .chunked : .untilClose, to: &bytes)
            parts.add(head: bytes)
        }
        parts.add(line, after: 0)
        var reply = Reply(ending: .stall, account: .init())
        parts.move(to: &reply)
        let interval = max(configuration.keepAliveInterval.nanoseconds, 1_000_000)
        reply.pulse = Reply.Piece(wait: interval, bytes: ByteBuffer(bytes: parts.framed(line)))
        return reply
    }

    private func streamHead(_ head: ResponseHead, isChunked: Bool) -> [UInt8] {
        var head = head
        head.contentType = "text/event-stream"
        head.closes = head.closes || !isChunked
        var bytes: [UInt8] = []
        head.append(imitation.heads, framing: isChunked ? .chunked : .untilClose, to: &bytes)
        return bytes
    }
}
