import JSON
import Testing

@testable import Sluice

@Suite struct StreamProgressTests {
    private func progress(_ data: String, name: String = "", after: String? = nil) -> Progress {
        var assembler = StreamAssembler(parser: JSONParser())
        if let after { assembler.add(name: [], data: Array(after.utf8)[...]) }
        return assembler.add(name: Array(name.utf8)[...], data: Array(data.utf8)[...])
    }

    @Test(
        arguments: [
            (#""delta":{"role":"assistant","content":""}"#, []), (#""delta":{}"#, []),
            (#""delta":{"content":null,"tool_calls":[]},"finish_reason":null"#, []),
            (#""delta":{"content":"a"}"#, [.event, .text]), (#""delta":{"refusal":"n"}"#, [.event, .text]),
            (#""delta":{"reasoning_content":"h"}"#, .event), (#""delta":{"reasoning":"h"}"#, .event),
            (#""delta":{"reasoning_details":[{"text":"h"}]}"#, .event), (#""delta":{"thinking":"h"}"#, .event),
            (#""delta":{"tool_calls":[{"index":0}]}"#, .event), (#""delta":{"function_call":{"name":"f"}}"#, .event),
            (#""delta":{"audio":{"id":"a"}}"#, []), (#""delta":{"audio":{"data":"UklG"}}"#, .event),
            (#""delta":{},"finish_reason":"stop""#, .event), (#""text":"""#, []), (#""text":"a""#, [.event, .text]),
            (#""content_filter_results":{"hate":{}}"#, []),
        ] as [(String, Progress)])
    func aDeltaCountsByWhatItCarries(inside: String, expected: Progress) {
        #expect(progress(#"{"id":"c","model":"m","choices":[{"index":0,\#(inside)}],"usage":null}"#) == expected)
    }

    @Test(
        arguments: [
            ("[DONE]", .event), ("", []), ("{oops", []), ("3", []), (#"{"choices":[]}"#, []),
            (#"{"choices":[],"usage":{"prompt_tokens":1}}"#, .event), (#"{"error":"boom"}"#, .event),
            (#"{"choices":[],"obfuscation":"xx","x_ping":1}"#, []),
            (#"{"type":"response.created","response":{"id":"r"}}"#, []),
            (#"{"type":"response.in_progress","response":{"id":"r"}}"#, []),
            (#"{"type":"response.output_item.added","item":{"type":"message"}}"#, []),
            (#"{"type":"response.content_part.added","part":{}}"#, []),
            (#"{"type":"response.output_text.delta","delta":""}"#, []),
            (#"{"type":"response.output_text.delta","delta":"a"}"#, [.event, .text]),
            (#"{"type":"response.reasoning_summary_text.delta","delta":"a"}"#, .event),
            (#"{"type":"response.function_call_arguments.delta","delta":"{"}"#, .event),
            (#"{"type":"response.web_search_call.searching"}"#, .event),
            (#"{"type":"response.completed","response":{"status":"completed"}}"#, .event),
            (#"{"type":"keepalive","sequence_number":3}"#, []), (#"{"type":"ping"}"#, []),
        ] as [(String, Progress)])
    func anEventCountsByWhatItCarries(data: String, expected: Progress) {
        #expect(progress(data) == expected)
    }

    @Test func anErrorEventCountsWhateverItHolds() {
        #expect(progress("out of memory", name: "error") == .event)
    }

    @Test func nothingCountsBehindTheEnd() {
        let chunk = #"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#
        #expect(progress(chunk, after: "[DONE]") == [])
        #expect(progress(chunk, after: "{oops") == [])
        #expect(progress(chunk, after: #"{"error":"boom"}"#) == [])
        #expect(progress("[DONE]", after: #"{"error":"boom"}"#) == .event)
    }
}
