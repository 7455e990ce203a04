import Foundation
import Testing

@testable import Sluice

@Suite struct ExporterTests {
    private let folder: TemporaryFolder
    private let queue: Queue

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
    }

    /// A run of four rows: answered, truncated, rejected by the endpoint, and not sent.
    private func mixedRun(inputs: [String?] = [nil, nil, nil, nil]) throws -> RunRecord {
        let rows = try inputs.enumerated().map { try planned("r\($0)", "p\($0)", input: $1) }
        let run = try queue.put(rows, into: queue.newRun()).run
        var cursor = ClaimCursor()
        let claims = try queue.claim(3, run: run, cursor: &cursor).claims
        var answered = claims[0].answered(
            "line one\\nsaid \\\"yes\\\", é", usage: Usage(promptTokens: 3, completionTokens: 4, totalTokens: 7))
        answered.cost = Money(picoDollars: 61_250_000)
        answered.providerRequestID = "req-1"
        var failed = claims[2].answered()
        failed.status = 400
        failed.errorCode = "invalid_value"
        failed.error = "no such voice"
        failed.finishReason = nil
        failed.settle(.failed, answer: Array(#"{"error":{"message":"no such voice"}}"#.utf8))
        try queue.record([answered, claims[1].answered("cut o", .truncated), failed], run: run)
        return run
    }

    private func export(
        _ run: RunRecord, _ format: OutputSettings.Format, _ parts: Set<OutputSettings.Part> = [], errors: Bool = false
    ) throws -> Exporter.Summary {
        try Exporter(Queue(reading: queue.path), run: run).export(
            format: format, parts: parts, to: folder.file("out"), errors: errors ? folder.file("errors") : nil)
    }

    @Test func aJSONLineForEveryRowInInputOrder() throws {
        let summary = try export(mixedRun(), .jsonl)
        #expect(summary.rows == 4)
        #expect(
            try folder.lines("out") == [
                #"{"custom_id":"r0","class":"ok","text":"line one\nsaid \"yes\", é","finish_reason":"stop","model":"served","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"cached_tokens":null,"reasoning_tokens":null},"cost_usd":0.00006125,"attempts":1,"latency_ms":400,"error":null}"#,
                #"{"custom_id":"r1","class":"truncated","text":"cut o","finish_reason":"stop","model":"served","usage":null,"cost_usd":null,"attempts":1,"latency_ms":400,"error":null}"#,
                #"{"custom_id":"r2","class":"failed","text":null,"finish_reason":null,"model":"served","usage":null,"cost_usd":null,"attempts":1,"latency_ms":400,"error":{"code":"invalid_value","message":"no such voice","status":400}}"#,
                #"{"custom_id":"r3","class":"unsent","text":null,"finish_reason":null,"model":null,"usage":null,"cost_usd":null,"attempts":0,"latency_ms":null,"error":null}"#,
            ])
    }

    @Test func moreOnRequest() throws {
        let run = try mixedRun(inputs: Array(repeating: #"{"a": 1,  "b":"x"}"#, count: 4))
        _ = try export(run, .jsonl, [.input, .request, .answer])
        let lines = try folder.lines("out")
        #expect(lines[0].contains(#","input":{"a": 1,  "b":"x"},"request":{"model":"m","#))
        #expect(lines[1].hasSuffix(#""message":{"role":"assistant","content":"cut o"},"finish_reason":"stop"}]}}"#))
        #expect(lines[3].hasSuffix(#","answer":null}"#))
    }

    @Test func columnsThatWereNotKeptAreNotMadeUp() throws {
        let run = try mixedRun()
        #expect(throws: QueueError.inputNotKept(run: run.id)) { try export(run, .jsonl, [.input]) }
        // The file that could not be written whole does not appear.
        #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }

    @Test func anAnswerOverSeveralLinesStaysOnOne() throws {
        let run = try queue.put([planned("r")], into: queue.newRun()).run
        var cursor = ClaimCursor()
        var record = try queue.claim(1, run: run, cursor: &cursor).claims[0].answered()
        record.settle(.ok, answer: Array("\n{\n  \"choices\": [{\"message\": {\"content\": \"a\"}}]\r\n}\n".utf8))
        try queue.record([record], run: run)
        _ = try export(run, .jsonl, [.answer])
        let lines = try folder.lines("out")
        #expect(lines.count == 1)
        #expect(lines[0].hasSuffix(#""answer":{   "choices": [{"message": {"content": "a"}}]  }}"#))
    }

    @Test func anAnswerThatIsNoTextIsKeptAndShownRepaired() throws {
        let run = try queue.put([planned("r")], into: queue.newRun()).run
        var cursor = ClaimCursor()
        var record = try queue.claim(1, run: run, cursor: &cursor).claims[0].answered()
        record.settle(.failed, answer: [0x3C, 0xFF, 0x3E])
        try queue.record([record], run: run)
        #expect(try queue.database.integer("SELECT typeof(answer) = 'blob' FROM results") == 1)
        _ = try export(run, .jsonl, [.answer])
        #expect(try folder.lines("out")[0].hasSuffix("\"answer\":\"<\u{FFFD}>\"}"))
    }

    @Test func aBatchHasItsErrorsApart() throws {
        let run = try mixedRun()
        let summary = try export(run, .batch, errors: true)
        #expect(summary == Exporter.Summary(rows: 2, errors: 2))
        let results = try folder.lines("out")
        #expect(
            results[0].hasPrefix(
                #"{"id":"batch_req_1_1","custom_id":"r0","response":{"status_code":200,"request_id":"req-1","body":{"choices":["#
            ))
        #expect(results[0].hasSuffix(#"}]}},"error":null}"#))
        #expect(
            try folder.lines("errors") == [
                #"{"id":"batch_req_1_3","custom_id":"r2","response":{"status_code":400,"request_id":"","body":{"error":{"message":"no such voice"}}},"error":null}"#,
                #"{"id":"batch_req_1_0","custom_id":"r3","response":null,"error":{"code":"unsent","message":"the request has not been answered yet"}}"#,
            ])
    }

    @Test func aCSVQuotesWhatItMust() throws {
        let run = try mixedRun(inputs: [
            #"{"id":"1","text":"a, \"b\"\nc","class":"mine"}"#, #"{"id":"2","n":3.50}"#, #"{"id":"3"}"#, #"{"id":"4"}"#,
        ])
        _ = try export(run, .csv, [.input])
        let text = try folder.read("out")
        let rows = text.split(separator: "\n", maxSplits: 1)
        #expect(
            rows[0]
                == "id,input.text,input.class,n,custom_id,class,text,finish_reason,model,prompt_tokens,completion_tokens,total_tokens,cached_tokens,reasoning_tokens,cost_usd,attempts,latency_ms,first_token_ms,tokens_per_second,error_code,error"
        )
        #expect(
            rows[1].hasPrefix(
                "1,\"a, \"\"b\"\"\nc\",mine,,r0,ok,\"line one\nsaid \"\"yes\"\", é\",stop,served,3,4,7,,,0.00006125,1,400,,,,\n"
                    + "2,,,3.50,r1,truncated,cut o,stop,served,,,,,,,1,400,,,,\n"))
    }

    @Test func theOldFileStaysUntilTheNewOneIsWhole() throws {
        let run = try mixedRun()
        try folder.write("out", "old")
        #expect(throws: QueueError.self) { try export(run, .jsonl, [.input]) }
        #expect(try folder.read("out") == "old")
        _ = try export(run, .jsonl)
        #expect(try folder.lines("out").count == 4)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("partial") } == [])
    }

    /// Memory for answers and memories of repeated words go from row to row; what they hold does not.
    @Test func everyRowHasItsOwn() throws {
        let rows = try (0..<6).map { try planned("r\($0)", url: $0 == 2 ? "/v1/responses" : "/v1/chat/completions") }
        let run = try queue.put(rows, into: queue.newRun()).run
        var cursor = ClaimCursor()
        let claims = try queue.claim(6, run: run, cursor: &cursor).claims
        let long = String(repeating: "x", count: 300_000)
        var records: [AttemptRecord] = []
        for (place, text) in ["first", "", "third", long, #"\u00e9\/"#].enumerated() {
            var record = claims[place].answered(text, place == 1 ? .truncated : .ok)
            record.model = place % 2 == 0 ? "even" : nil
            record.finishReason = place == 0 ? nil : "stop\(place / 2)"
            records.append(record)
        }
        try queue.record(records, run: run)
        _ = try export(run, .jsonl)
        let lines = try folder.lines("out")
        let starts = [
            #"{"custom_id":"r0","class":"ok","text":"first","finish_reason":null,"model":"even","#,
            #"{"custom_id":"r1","class":"truncated","text":"","finish_reason":"stop0","model":null,"#,
            #"{"custom_id":"r2","class":"ok","text":null,"finish_reason":"stop1","model":"even","#,
            #"{"custom_id":"r3","class":"ok","text":"\#(long)","finish_reason":"stop1","model":null,"#,
            #"{"custom_id":"r4","class":"ok","text":"é/","finish_reason":"stop2","model":"even","#,
            #"{"custom_id":"r5","class":"unsent","text":null,"finish_reason":null,"model":null,"#,
        ]
        #expect(lines.count == starts.count)
        for (line, start) in zip(lines, starts) { #expect(line.hasPrefix(start)) }
    }

    @Test func aFolderIsNoFile() throws {
        let run = try mixedRun()
        #expect(throws: ExportError.isFolder(path: folder.path)) {
            try Exporter(queue, run: run).export(format: .jsonl, parts: [], to: folder.path, errors: nil)
        }
    }

    @Test func exportsBesideAWriter() throws {
        let run = try mixedRun()
        try queue.database.transaction {
            _ = try export(run, .jsonl)
            #expect(try folder.lines("out").count == 4)
        }
    }
}
