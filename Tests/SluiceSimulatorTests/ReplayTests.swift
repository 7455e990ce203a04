import JSON
import SluiceSimulator
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Canned answers from a folder.
@Suite(.timeLimit(.minutes(1))) struct ReplayTests {
    /// A folder of a test's own, gone with it.
    private final class Folder {
        let path: String

        init() throws {
            var template = Array("/tmp/sluice-fixtures-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw RawClient.Failure(code: errno) }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        deinit {
            for file in files.reversed() where unlink(file) != 0 { rmdir(file) }
            rmdir(path)
        }

        private var files: [String] = []

        func write(_ name: String, _ text: String) throws {
            guard let file = fopen("\(path)/\(name)", "w") else { throw RawClient.Failure(code: errno) }
            fputs(text, file)
            fclose(file)
            files.append("\(path)/\(name)")
        }

        func makeFolder(_ name: String) throws {
            guard mkdir("\(path)/\(name)", 0o700) == 0 else { throw RawClient.Failure(code: errno) }
            files.append("\(path)/\(name)")
        }

        func link(_ name: String, to target: String) throws {
            guard symlink(target, "\(path)/\(name)") == 0 else { throw RawClient.Failure(code: errno) }
            files.append("\(path)/\(name)")
        }
    }

    @Test func answersAsWritten() async throws {
        let folder = try Folder()
        try folder.write(
            "a.json",
            #"{"name":"busy now","status":429,"headers":{"Retry-After":"7","X-Odd":"a: b"},"body":"{\"error\":1}","expect":{}}"#
        )
        try folder.makeFolder("more")
        try folder.write(
            "more/page.json", #"{"status":502,"headers":["Content-Type: text/html"],"body_base64":"PGI+/w=="}"#)
        try folder.write("notes.txt", "no fixture")
        let fixtures = try FixtureFolder.load(folder.path)
        #expect(Set(fixtures.keys) == ["busy now", "page"])
        try await withSimulator({ $0.fixtures = fixtures }) { simulator in
            let client = try RawClient(port: simulator.port)
            let busy = try client.ask(chat("busy now"))
            #expect(busy.status == 429)
            #expect(busy.headers["retry-after"] == "7")
            #expect(busy.headers["x-odd"] == "a: b")
            #expect(busy.headers["content-type"] == nil)
            #expect(busy.text == #"{"error":1}"#)
            let page = try client.ask(chat("page"))
            #expect(page.status == 502)
            #expect(page.body == Array("<b>".utf8) + [0xFF])
            // Other prompts are answered as ever, over the same connection.
            #expect(try client.ask(chat("x")).content() == SimulatedAnswer.content(forPrompt: "x"))
            #expect(simulator.statistics().answered == 1)
        }
    }

    @Test func chunksComeOneByOneAndCanBeCut() async throws {
        let folder = try Folder()
        try folder.write(
            "s.json",
            #"{"name":"stream","headers":[["Content-Type","text/event-stream"]],"chunks":["data: {\"a","\":1}\n\n","data: [DONE]\n\n"]}"#
        )
        try folder.write(
            "c.json",
            #"{"name":"cut","headers":[{"name":"Content-Type","value":"text/event-stream"}],"chunks":["data: {","\"a\""],"close":true}"#
        )
        try folder.write("short.json", #"{"headers":{"Content-Length":"100"},"body":"{","close":true}"#)
        let fixtures = try FixtureFolder.load(folder.path)
        try await withSimulator({ $0.fixtures = fixtures }) { simulator in
            let client = try RawClient(port: simulator.port)
            let stream = try client.ask(chat("stream"))
            #expect(stream.headers["content-type"] == "text/event-stream")
            #expect(!stream.isShort)
            #expect(stream.events == [#"{"a":1}"#, "[DONE]"])
            let cut = try client.ask(chat("cut"))
            #expect(cut.isShort)
            #expect(cut.text == #"data: {"a""#)
            let short = try RawClient(port: simulator.port).ask(chat("short"))
            #expect(short.isShort)
            #expect(short.text == "{")
        }
    }

    /// Each answer of the providers' collection comes as its file has it.
    @Test func theCollectionIsServed() async throws {
        let tests = #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
        let fixtures = try FixtureFolder.load("\(tests)/Fixtures/providers")
        #expect(fixtures.count > 100)
        try await withSimulator({ $0.fixtures = fixtures }) { simulator in
            for (name, fixture) in fixtures {
                let response = try RawClient(port: simulator.port).ask(chat(name))
                #expect(response.status == fixture.status, "\(name)")
                #expect(response.body == (fixture.chunks.map { Array($0.joined()) } ?? fixture.body), "\(name)")
                for header in fixture.headers {
                    #expect(response.headers[header.name.lowercased()] != nil, "\(name)")
                }
            }
        }
    }

    @Test func namesNeverBecomePaths() async throws {
        let folder = try Folder()
        try folder.write("evil.json", #"{"name":"../../../etc/passwd","body":"canned"}"#)
        try folder.link("passwd.json", to: "/etc/passwd")
        let fixtures = try FixtureFolder.load(folder.path)
        #expect(fixtures.count == 1)
        try await withSimulator({ $0.fixtures = fixtures }) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.ask(chat("../../../etc/passwd")).text == "canned")
            #expect(try client.ask(chat("../../../etc/hosts")).content()?.hasPrefix("echo:") == true)
        }
    }

    @Test(arguments: [
        "[]", "{", #"{"status":"ok"}"#, #"{"status":99}"#, #"{"headers":7}"#, #"{"headers":{"A":"b\r\nC: d"}}"#,
        #"{"headers":["no colon"]}"#, #"{"body":7}"#, #"{"body_base64":"a"}"#, #"{"body_base64":"a=b="}"#,
        #"{"chunks":[7]}"#, #"{"chunks":"text"}"#,
    ])
    func badFilesAreNamed(text: String) throws {
        let folder = try Folder()
        try folder.write("bad.json", text)
        let error = #expect(throws: FixtureError.self) { try FixtureFolder.load(folder.path) }
        #expect(error?.path == "\(folder.path)/bad.json")
        #expect(error?.reason.isEmpty == false)
    }

    @Test func namesAreUnique() throws {
        let folder = try Folder()
        try folder.write("a.json", #"{"name":"same"}"#)
        try folder.write("b.json", #"{"name":"same"}"#)
        #expect(throws: FixtureError.self) { try FixtureFolder.load(folder.path) }
        #expect(throws: FixtureError.self) { try FixtureFolder.load("\(folder.path)/absent") }
    }
}
