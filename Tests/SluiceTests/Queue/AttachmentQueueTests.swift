import Foundation
import Testing

@testable import Sluice

/// Requests with files in the queue: what stands there, and what a new plan makes of it.
@Suite struct AttachmentQueueTests {
    private let folder: TemporaryFolder
    private let queue: Queue

    init() throws {
        folder = try TemporaryFolder()
        queue = try Queue(path: folder.file("queue.db"), durability: .normal)
        try folder.write("a.png", SampleFiles.png)
        try folder.write("b.png", SampleFiles.png + [7])
    }

    private func plan(_ rows: [(id: String, file: String)]) throws -> [PlannedRequest] {
        let job = try makeJob(parts: "{image_file: '{{f}}'}", in: folder)
        return try rows.map { try #require(try render(#"{"custom_id":"\#($0.id)","f":"\#($0.file)"}"#, job).request) }
    }

    private func claims(_ run: RunRecord) throws -> [Claim] {
        var cursor = ClaimCursor()
        return try queue.claim(10, run: run, cursor: &cursor).claims
    }

    @Test func claimsBringTheirFiles() throws {
        let requests = try plan([("a", "a.png"), ("b", "b.png")]) + [planned("c")]
        let run = try queue.put(requests, into: queue.newRun()).run
        let claims = try claims(run)
        #expect(claims.map(\.attachments) == requests.map(\.attachments))
        #expect(claims.map(\.body) == requests.map(\.body))
        #expect(claims.map(\.attachments.count) == [1, 1, 0])
        #expect(try queue.database.integer("SELECT sum(attachments) FROM requests") == 2)
    }

    @Test func theQueueHoldsNoneOfTheFilesBytes() throws {
        let secret = Array("SLUICE-TEST-CONTENT-OF-A-PHOTO".utf8)
        try folder.write("a.png", SampleFiles.png + secret)
        try queue.put(try plan([("a", "a.png")]), into: queue.newRun())
        try queue.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        let file = try Data(contentsOf: URL(fileURLWithPath: folder.file("queue.db")))
        #expect(file.range(of: Data("image_url".utf8)) != nil)
        #expect(file.range(of: Data(secret)) == nil)
        #expect(file.range(of: Data("base64".utf8).dropFirst(0) + Data(",".utf8)) == nil)
        // Base64 of the middle of the content, at each of the three ways in which it can be aligned.
        for shift in 0..<3 {
            let text = Data(secret.dropFirst(shift)).base64EncodedData().dropFirst(4).prefix(16)
            #expect(file.range(of: text) == nil)
        }
    }

    @Test func aReplacedImageIsAChangedRow() throws {
        let run = try queue.put(try plan([("a", "a.png"), ("b", "b.png")]), into: queue.newRun()).run
        try queue.answerAll(run)
        try folder.write("a.png", SampleFiles.png + [9])
        let (again, difference) = try queue.put(try plan([("a", "a.png"), ("b", "b.png")]), into: run)
        #expect(difference.changed == 1)
        #expect(difference.settled == 1)
        #expect(difference.estimate.files == 1)
        #expect(difference.estimate.fileBytes == SampleFiles.png.count + 1)
        #expect(try claims(again).map(\.customID) == ["a"])
    }

    @Test func aRenamedImageIsTheSameRowAndIsFoundWhereItIs() throws {
        let run = try queue.put(try plan([("a", "a.png"), ("b", "b.png")]), into: queue.newRun()).run
        try FileManager.default.moveItem(atPath: folder.file("a.png"), toPath: folder.file("new.png"))
        let (again, difference) = try queue.put(try plan([("a", "new.png"), ("b", "b.png")]), into: run)
        #expect(difference.reusable == 2)
        #expect(try claims(again).map { $0.attachments[0].path.split(separator: "/").last } == ["new.png", "b.png"])
    }

    @Test func renamedAndMovedWithinTheFile() throws {
        let run = try queue.put(try plan([("a", "a.png"), ("b", "b.png")]), into: queue.newRun()).run
        try FileManager.default.moveItem(atPath: folder.file("a.png"), toPath: folder.file("new.png"))
        let (again, difference) = try queue.put(try plan([("b", "b.png"), ("a", "new.png")]), into: run)
        #expect(difference.reusable == 2)
        let paths = try claims(again).map { $0.attachments[0].path.split(separator: "/").last.map(String.init) }
        #expect(Set(paths) == ["new.png", "b.png"])
    }

    @Test func aPlanThatIsAbandonedLeavesNoFiles() throws {
        let writer = try PlanWriter(queue, run: try queue.newRun(), mode: .write)
        for request in try plan([("a", "a.png")]) { #expect(try writer.add(request) == nil) }
        try writer.endStaging()
        #expect(try queue.database.integer("SELECT count(*) FROM attachments") == 1)
        try writer.abandon()
        #expect(try queue.database.integer("SELECT count(*) FROM attachments") == 0)
    }

    @Test func aPlanSaysHowMuchIsSent() throws {
        let (_, difference) = try queue.put(try plan([("a", "a.png"), ("b", "b.png")]), into: queue.newRun())
        let summary = PlanSummary(job: try makeJob(), run: nil, difference: difference)
        #expect(summary.text.contains("files    2 (25 B)"))
        #expect(String(decoding: summary.json, as: UTF8.self).contains(#""files":2,"file_bytes":25"#))
    }
}
