import Digest
import Foundation
import Testing

@testable import Sluice

/// What leaves is exactly what was planned, or nothing.
@Suite struct AttachmentLoaderTests {
    private let folder: TemporaryFolder
    private let loader: AttachmentLoader

    init() throws {
        folder = try TemporaryFolder()
        loader = try AttachmentLoader()
    }

    private func planned(_ parts: String) throws -> PlannedRequest {
        try #require(try render("{}", makeJob(parts: parts, in: folder)).request)
    }

    private func fault(_ request: PlannedRequest) async -> AttachmentFault? {
        do throws(AttachmentFault) {
            _ = try await loader.splices(for: request.attachments)
            return nil
        } catch {
            return error
        }
    }

    @Test func theBodyIsWhatAPersonWouldHaveWritten() async throws {
        try folder.write("a.png", SampleFiles.png)
        try folder.write("s.wav", SampleFiles.wav)
        let request = try planned("{image_file: a.png, detail: low}, {audio_file: s.wav}")
        let splices = try await loader.splices(for: request.attachments)
        let image = Data(SampleFiles.png).base64EncodedString()
        let sound = Data(SampleFiles.wav).base64EncodedString()
        #expect(
            String(decoding: BodySplice.applying(splices, to: request.body), as: UTF8.self)
                == #"{"model":"m","messages":[{"role":"user","content":["#
                + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(image)","detail":"low"}},"#
                + #"{"type":"input_audio","input_audio":{"data":"\#(sound)","format":"wav"}}]}]}"#)
        #expect(splices.map(\.replacement.count) == request.attachments.map(\.insertedBytes))
    }

    /// Lengths around the size of a piece, with every remainder.
    @Test(arguments: [1, 2, 3, (192 << 10) - 1, 192 << 10, (192 << 10) + 1, 600_000])
    func everyLength(length: Int) async throws {
        let bytes = (0..<length).map { UInt8(0x20 + $0 % 90) }
        try folder.write("t.txt", bytes)
        let request = try planned("{document_file: t.txt}")
        let text = try await loader.splices(for: request.attachments)[0].replacement
        #expect(text == Array("data:text/plain;base64,\(Data(bytes).base64EncodedString())".utf8))
    }

    @Test func aFileThatIsGone() async throws {
        try folder.write("a.png", SampleFiles.png)
        let request = try planned("{image_file: a.png}")
        try FileManager.default.removeItem(atPath: folder.file("a.png"))
        let fault = await fault(request)
        #expect(fault?.code == .missing)
        #expect(fault?.code.rawValue == "attachment_missing")
        #expect(
            fault?.description.hasSuffix("/a.png is no longer there; put it back, and `sluice retry` has its row sent")
                == true)
    }

    @Test func aFileThatHasChanged() async throws {
        try folder.write("a.png", SampleFiles.png)
        let request = try planned("{image_file: a.png}")
        // The same length, another content; then another length.
        var bytes = SampleFiles.png
        bytes[11] ^= 1
        for other in [bytes, bytes + [0], Array(bytes.dropLast())] {
            try folder.write("a.png", other)
            let fault = await fault(request)
            #expect(fault?.code == .changed)
            #expect(
                fault?.description.hasSuffix(
                    "/a.png has changed since it was planned; run the command again to plan it anew") == true)
        }
        // The loader is as good as before, and so is the file.
        try folder.write("a.png", SampleFiles.png)
        #expect(await fault(request) == nil)
    }

    @Test func somethingElseInItsPlace() async throws {
        try folder.write("a.png", SampleFiles.png)
        try folder.write("b.png", SampleFiles.png)
        let request = try planned("{image_file: a.png}")
        try FileManager.default.removeItem(atPath: folder.file("a.png"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("a.png"), withDestinationPath: folder.file("b.png"))
        #expect(await fault(request)?.code == .changed)
        try FileManager.default.removeItem(atPath: folder.file("a.png"))
        #expect(mkfifo(folder.file("a.png"), 0o600) == 0)
        #expect(await fault(request)?.code == .changed)
        try FileManager.default.removeItem(atPath: folder.file("a.png"))
        try FileManager.default.createDirectory(atPath: folder.file("a.png"), withIntermediateDirectories: true)
        #expect(await fault(request)?.code == .changed)
    }
}
