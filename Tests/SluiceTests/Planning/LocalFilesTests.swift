import Foundation
import Testing

@testable import Sluice

/// Which files rows may name, and how often these are read.
@Suite struct LocalFilesTests {
    private let outer: TemporaryFolder
    private let root: String
    private let files: LocalFiles

    init() throws {
        outer = try TemporaryFolder()
        let manager = FileManager.default
        for folder in ["in/photos", "in-side", "out"] {
            try manager.createDirectory(atPath: outer.file(folder), withIntermediateDirectories: true)
        }
        try outer.write("in/photos/a.png", SampleFiles.png)
        try outer.write("in-side/secret.png", SampleFiles.png)
        try outer.write("out/secret.png", SampleFiles.png)
        try manager.createSymbolicLink(atPath: outer.file("in/escape.png"), withDestinationPath: "../out/secret.png")
        try manager.createSymbolicLink(atPath: outer.file("in/away"), withDestinationPath: outer.file("out"))
        try manager.createSymbolicLink(atPath: outer.file("in/inside.png"), withDestinationPath: "photos/a.png")
        try manager.createSymbolicLink(atPath: outer.file("in/loop"), withDestinationPath: "loop")
        try manager.createSymbolicLink(atPath: outer.file("link-to-in"), withDestinationPath: "in")
        root = try #require(realpath(outer.file("in"), nil).map { String(cString: $0) })
        files = try LocalFiles(folder: outer.file("link-to-in"), maximum: ByteCount(bytes: 1000))
    }

    private func reason(_ path: String) -> String? {
        do {
            _ = try files.find(Array(path.utf8))
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(arguments: [
        "photos/a.png", "./photos//a.png", "photos/../photos/a.png", "inside.png", "away/../in/photos/a.png",
        "../in/photos/a.png",
    ])
    func inside(path: String) throws {
        #expect(try files.find(Array(path.utf8)).path == "\(root)/photos/a.png")
    }

    @Test func absolutePathsThatEndInside() throws {
        #expect(try files.find(Array("\(root)/photos/a.png".utf8)).path == "\(root)/photos/a.png")
        #expect(try files.find(Array(outer.file("link-to-in/inside.png").utf8)).path == "\(root)/photos/a.png")
    }

    @Test(arguments: [
        "../out/secret.png", "photos/../../out/secret.png", "escape.png", "away/secret.png", "../in-side/secret.png",
        "/etc/passwd", "/dev/zero", "..", "/",
    ])
    func outside(path: String) {
        #expect(
            reason(path) == "'\(path)' is outside \(root); name a folder that holds it with attachments.folder")
    }

    @Test(arguments: [
        ("", "the path is empty"), ("gone.png", "'gone.png' does not exist; paths are relative to §"),
        ("photos/a.png/x", "'photos/a.png/x' does not exist; paths are relative to §"),
        ("photos", "'photos' is a directory; name a file in it"), (".", "'.' is a directory; name a file in it"),
        ("loop", "'loop' cannot be read (Too many levels of symbolic links)"),
        ("photos/a.png\0.txt", "'photos/a.png\u{FFFD}.txt' has a NUL character, which no path has"),
        ("pipe", "'pipe' is not a regular file"), ("empty.png", "'empty.png' is empty"),
        ("large.png", "'large.png' has 1001 bytes, more than attachments.maximum (1000B) allows"),
        ("a\nb\u{1B}[31m", "'a\u{FFFD}b\u{FFFD}[31m' does not exist; paths are relative to §"),
    ])
    func faults(path: String, reason: String) throws {
        #expect(mkfifo(outer.file("in/pipe"), 0o600) == 0)
        try outer.write("in/empty.png", "")
        try outer.write("in/large.png", [UInt8](repeating: 0x61, count: 1001))
        #expect(self.reason(path) == reason.replacing("§", with: root))
    }

    @Test func longPathsAreShownByTheirEnd() {
        let path = String(repeating: "x", count: 200) + "/end.png"
        #expect(
            reason(path)
                == "'…\(String(repeating: "x", count: 112))/end.png' does not exist; paths are relative to \(root)")
        #expect(reason(String(repeating: "x", count: 300))?.contains("File name too long") == true)
    }

    @Test func aFileIsReadOnce() throws {
        let first = try files.find(Array("photos/a.png".utf8)).facts
        let again = try files.find(Array("inside.png".utf8)).facts
        #expect(files.filesRead == 1)
        #expect(again.sha256 == first.sha256)
        #expect(again.content == .png)
        // Another size is another state of the file, whatever the clock says.
        try outer.write("in/photos/a.png", SampleFiles.png + [1])
        #expect(try files.find(Array("photos/a.png".utf8)).facts.sha256 != first.sha256)
        #expect(files.filesRead == 2)
    }

    @Test func filesOfSeveralPiecesAreReadWhole() throws {
        let files = try LocalFiles(folder: root, maximum: .mebibytes(1))
        var bytes = Array(String(repeating: "€", count: 200_000).utf8)
        try outer.write("in/long.txt", bytes)
        #expect(try files.find(Array("long.txt".utf8)).facts.content == .text)
        #expect(try files.find(Array("long.txt".utf8)).facts.bytes == bytes.count)
        bytes[bytes.count - 1] = 0x41
        try outer.write("in/bad.txt", bytes)
        #expect(try files.find(Array("bad.txt".utf8)).facts.content == .other)
    }
}
