import Digest

@testable import Sluice

/// A request as the planner makes it, with a body of its own.
func planned(
    _ customID: String?, _ prompt: String = "hello", line: Int = 1, url: String = "/v1/chat/completions",
    promptTokens: Int = 2, outputLimit: Int? = nil, input: String? = nil
) throws -> PlannedRequest {
    let limit = outputLimit.map { #","max_tokens":\#($0)"# } ?? ""
    let body = Array(#"{"model":"m","messages":[{"role":"user","content":"\#(prompt)"}]\#(limit)}"#.utf8)
    return PlannedRequest(
        customID: customID, line: line, url: url, body: body,
        fingerprint: try Fingerprint(method: "POST", url: url, body: body, hasher: SHA256Hasher()),
        input: input.map { Array($0.utf8) },
        estimate: TokenEstimate(promptTokens: promptTokens, maximumOutputTokens: outputLimit))
}

extension Queue {
    /// Puts a plan in force that holds `requests`.
    @discardableResult
    func put(_ requests: [PlannedRequest], into run: RunRecord) throws -> (run: RunRecord, PlanDifference) {
        let writer = try PlanWriter(self, run: run, mode: .write)
        for request in requests {
            if let fault = try writer.add(request) { throw PlanFault(reason: fault) }
        }
        let planned = try writer.putInForce(at: Timestamp(milliseconds: 1))
        return (planned, writer.difference)
    }

    func newRun(_ job: String = "job") throws -> RunRecord {
        try createRun(job: job, input: "in.jsonl", endpoint: "http://localhost/v1", at: Timestamp(milliseconds: 0))
    }

    /// Claims up to `limit` requests without recording anything.
    func claim(_ limit: Int, run: RunRecord, cursor: inout ClaimCursor, at milliseconds: Int64 = 1000) throws
        -> Exchange
    {
        try exchange(
            run: run.id, recording: [], claiming: limit, cursor: &cursor, endpoint: "e", activeTime: .zero,
            now: Timestamp(milliseconds: milliseconds))
    }

    func record(_ records: [AttemptRecord], run: RunRecord) throws {
        var cursor = ClaimCursor()
        _ = try exchange(
            run: run.id, recording: records, claiming: 0, cursor: &cursor, endpoint: "e", activeTime: .zero,
            now: Timestamp(milliseconds: 2000))
    }

    /// Answers every request that is left with `text`.
    func answerAll(_ run: RunRecord, text: String = "hi", resultClass: ResultClass = .ok) throws {
        var cursor = ClaimCursor()
        let claims = try claim(.max, run: run, cursor: &cursor).claims
        try record(claims.map { $0.answered(text, resultClass) }, run: run)
    }
}

struct PlanFault: Error { var reason: String }

extension Claim {
    func answered(_ text: String = "hi", _ resultClass: ResultClass = .ok, usage: Usage? = nil) -> AttemptRecord {
        var record = AttemptRecord(
            claim: self, sentAt: Timestamp(milliseconds: 1000), endedAt: Timestamp(milliseconds: 1400), ending: .failed,
            disposition: .released)
        record.status = 200
        record.usage = usage
        record.finishReason = "stop"
        record.model = "served"
        let answer =
            #"{"choices":[{"index":0,"message":{"role":"assistant","content":"\#(text)"},"finish_reason":"stop"}]}"#
        record.settle(resultClass, answer: Array(answer.utf8))
        return record
    }
}
