import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Serves one connection: collects a request, sends its reply, then looks at the next.
///
/// It belongs to its channel's event loop. Requests that a client pipelines wait here while one is being answered;
/// past `maximumWaiting` parts nothing more is read, and the client waits too.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// Nothing of a request has come.
        case idle
        /// The head and perhaps some of the body, which stands in `body`.
        case receiving(HTTPRequestHead)
        /// A request with too large a body: the rest is read and thrown away, then it is refused.
        case discarding
        /// A reply is due or partly sent; `account` is what will be counted.
        case answering(Reply.Account?)
        /// The connection has no use any more.
        case closed
    }

    /// A reply that waits for its moment.
    private struct Pending {
        var reply: Reply
        /// The piece to be sent next; 0 is the first.
        var index = 0
        /// Bytes that left before.
        var sent = 0
    }

    private static let maximumWaiting = 64

    private let worker: Worker
    private var state = State.idle
    /// Not part of the state: it grows in place, and a copy of the state would make every part copy all of it.
    private var body: ByteBuffer?
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var isReadHeld = false
    private var isDraining = false
    private var isBroken = false
    private var pending: Pending?

    init(worker: Worker) {
        self.worker = worker
    }

    func channelActive(context: ChannelHandlerContext) {
        worker.ledger.change { $0.connect() }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        pending = nil
        if case .answering(let account) = state, let ticket = account?.ticket {
            worker.ledger.change { $0.abandon(ticket) }
        }
        state = .closed
        worker.ledger.change { $0.disconnect() }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if isAnswering || !waiting.isEmpty {
            waiting.append(part)
        } else {
            receive(part, context: context)
        }
    }

    func read(context: ChannelHandlerContext) {
        if waiting.count > Self.maximumWaiting || !context.channel.isWritable {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        releaseRead(context: context)
        context.fireChannelWritabilityChanged()
    }

    /// A request that is not HTTP, or a connection that broke.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .answering where error is HTTPParserError:
            // The request before it still gets its answer; then the connection ends, since nothing more is parsed.
            isBroken = true
        case .idle where error is HTTPParserError, .receiving where error is HTTPParserError:
            send(worker.replyMalformed(), context: context)
        default:
            context.close(promise: nil)
        }
    }

    // MARK: Requests

    private func receive(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch (part, state) {
        case (.head(let head), .idle):
            begin(head, context: context)
        case (.body(let bytes), .receiving):
            if body == nil { body = bytes } else { body?.writeImmutableBuffer(bytes) }
            if (body?.readableBytes ?? 0) > worker.configuration.maximumBodyBytes {
                body = nil
                state = .discarding
            }
        case (.end, .receiving(let head)):
            let whole = body
            body = nil
            send(worker.reply(to: head, body: whole), context: context)
        case (.end, .discarding):
            send(worker.replyTooLarge(), context: context)
        default:
            break
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        let isTooLarge = length > worker.configuration.maximumBodyBytes
        state = isTooLarge ? .discarding : .receiving(head)
        guard head.headers.first(name: "expect")?.lowercased() == "100-continue" else { return }
        if isTooLarge {
            send(worker.replyTooLarge(), context: context)
        } else {
            let buffer = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }
    }

    // MARK: Replies

    private func send(_ reply: Reply, context: ChannelHandlerContext) {
        state = .answering(reply.account)
        if reply.delay > 0 {
            wait(reply.delay, before: Pending(reply: reply), context: context)
        } else {
            sendNext(Pending(reply: reply), context: context)
        }
    }

    /// Sends the next piece after so many nanoseconds, unless the client has gone by then.
    private func wait(_ delay: Int64, before next: Pending, context: ChannelHandlerContext) {
        pending = next
        worker.pacer.schedule(after: delay) {
            guard let next = self.pending else { return }
            self.pending = nil
            self.sendNext(next, context: context)
        }
    }

    private func sendNext(_ next: Pending, context: ChannelHandlerContext) {
        let reply = next.reply
        let piece = next.index == 0 ? reply.first : reply.rest[next.index - 1].bytes
        let isLast = next.index == reply.rest.count
        write(piece, of: reply, isLast: isLast, sent: next.sent, context: context)
        if !isLast {
            let sent = next.sent + (piece?.readableBytes ?? 0)
            wait(
                reply.rest[next.index].wait, before: Pending(reply: reply, index: next.index + 1, sent: sent),
                context: context)
        }
    }

    /// Writes a piece and, behind the last one, does what the reply ends in.
    private func write(
        _ piece: ByteBuffer?, of reply: Reply, isLast: Bool, sent: Int, context: ChannelHandlerContext
    ) {
        // Counted before it leaves: whoever has read the answer finds it in the statistics. A stalled request stays
        // in flight.
        if isLast && reply.ending != .stall {
            settle(reply, bytes: sent + (piece?.readableBytes ?? 0))
        }
        var written: EventLoopPromise<Void>?
        if isLast && reply.ending == .close {
            state = .closed
            // Closing drops what is not yet written: so the close waits for the last byte.
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            written = promise
        }
        if let piece {
            context.writeAndFlush(wrapOutboundOut(piece), promise: written)
        } else {
            written?.succeed()
        }
        if isLast { finish(reply, context: context) }
    }

    private func settle(_ reply: Reply, bytes: Int) {
        guard let account = reply.account, case .answering = state else { return }
        state = .answering(nil)
        worker.ledger.change { ledger in
            ledger.settle(
                account.ticket, status: account.status, bytes: bytes, promptTokens: account.promptTokens,
                completionTokens: account.completionTokens)
        }
    }

    private func finish(_ reply: Reply, context: ChannelHandlerContext) {
        switch reply.ending {
        case .keepOpen:
            if case .closed = state { return }
            state = .idle
            receiveWaiting(context: context)
            if isBroken, !isAnswering { return context.close(promise: nil) }
            releaseRead(context: context)
        case .reset:
            state = .closed
            Self.reset(context)
        case .stall:
            if let pulse = reply.pulse { beat(pulse, context: context) }
        case .close, .linger:
            break
        }
    }

    /// Writes a piece again and again until the client goes away.
    private func beat(_ pulse: Reply.Piece, context: ChannelHandlerContext) {
        worker.pacer.schedule(after: pulse.wait) {
            guard self.isAnswering else { return }
            context.writeAndFlush(self.wrapOutboundOut(pulse.bytes), promise: nil)
            self.beat(pulse, context: context)
        }
    }

    /// Closes with a TCP RST instead of a FIN: SO_LINGER with a time of 0 (socket(7)).
    private static func reset(_ context: ChannelHandlerContext) {
        guard let options = context.channel as? any SocketOptionProvider else {
            return context.close(promise: nil)
        }
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// Goes on with what the client pipelined. A reply that is sent at once comes back here: it finds the loop running.
    private func receiveWaiting(context: ChannelHandlerContext) {
        guard !isDraining else { return }
        isDraining = true
        defer { isDraining = false }
        while !isAnswering, let part = waiting.popFirst() {
            receive(part, context: context)
        }
    }

    private var isAnswering: Bool {
        if case .answering = state { true } else { false }
    }

    private func releaseRead(context: ChannelHandlerContext) {
        guard isReadHeld, waiting.count <= Self.maximumWaiting, context.channel.isWritable else { return }
        isReadHeld = false
        context.read()
    }
}
