import Curl
import JSON
import Testing

@testable import Sluice

@Suite struct StreamWatchTests {
    private let watch = StreamWatch(parser: JSONParser())

    private func receive(_ text: String, at milliseconds: Int) -> BodyProgress {
        Array(text.utf8).withUnsafeBytes { watch.receive($0, after: .milliseconds(milliseconds)) }
    }

    private func delta(_ json: String) -> String { "data: {\"choices\":[{\"index\":0,\"delta\":\(json)}]}\n\n" }

    @Test func commentsAndEmptyEventsKeepAStreamAliveAndAreNoProgress() {
        for text in [": keep-alive\n\n", ":\n", "data:", delta(#"{"role":"assistant","content":""}"#), "data: {\"cho"] {
            #expect(receive(text, at: 1) == .alive)
        }
        #expect(watch.firstText == nil)
    }

    @Test func theFirstTextAndTheLastAreTimed() {
        #expect(receive(delta(#"{"role":"assistant"}"#), at: 100) == .alive)
        #expect(receive(delta(#"{"reasoning":"hm"}"#), at: 200) == .progress)
        #expect(receive(delta(#"{"content":"a"}"#), at: 300) == .progress)
        #expect(receive(delta(#"{"content":"b"}"#), at: 400) == .progress)
        #expect(
            receive("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", at: 500)
                == .progress)
        #expect(receive("data: [DONE]\n\n", at: 600) == .complete)
        watch.end()
        #expect(watch.firstText == .milliseconds(300))
        #expect(watch.lastText == .milliseconds(400))
        #expect(watch.answer?.end == .complete)
        #expect(watch.answer.map { String(decoding: $0.document, as: UTF8.self) }?.contains(#""content":"ab""#) == true)
    }

    @Test func anEventThatTheEndLeavesOpenCounts() {
        _ = receive(delta(#"{"content":"a"}"#), at: 1)
        _ = receive("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}", at: 2)
        watch.end()
        #expect(watch.answer?.end == .complete)
    }

    @Test func aStreamThatBreaksOffIsCutShort() {
        _ = receive(delta(#"{"content":"a"}"#), at: 1)
        watch.end()
        #expect(watch.answer?.end == .cutShort)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n", true),
        ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX: a/b/\r\n", false), ("", false),
        ("HTTP/1.1 200 OK\r\ncontent-type:text/event-strea", false), ("text/event-stream", true),
        ("/event-stream", true), ("/event-strea", false), ("//event-stream", true), ("a/event-/event-stream", true),
        ("content-type: text/Event-Stream", false),
    ])
    func onlyAStreamsHeadAsksForAWatch(head: String, isStream: Bool) {
        let watches = StreamWatches()
        #expect(Array(head.utf8).withUnsafeBytes { watches.watch($0) != nil } == isStream)
    }
}
