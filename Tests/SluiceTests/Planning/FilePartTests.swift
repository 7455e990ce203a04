import Digest
import Foundation
import Testing

@testable import Sluice

/// Content parts that take in local files, from the job file to the planned request.
@Suite struct FilePartTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("a.png", SampleFiles.png)
        try folder.write("b.jpg", SampleFiles.jpeg)
        try folder.write("s.wav", SampleFiles.wav)
        try folder.write("s.mp3", SampleFiles.mp3)
        try folder.write("r.pdf", SampleFiles.pdf)
        try folder.write("say \"hi\".txt", SampleFiles.text)
    }

    private func content(_ parts: String) -> String {
        #"{"model":"m","messages":[{"role":"user","content":["# + parts + "]}]}"
    }

    @Test(arguments: [
        ("{image_file: a.png}", #"{"type":"image_url","image_url":{"url":"§"}}"#),
        ("{image_file: a.png, detail: low}", #"{"type":"image_url","image_url":{"url":"§","detail":"low"}}"#),
        (
            "{type: image_file, detail: '{{d}}', image_file: '{{f}}'}",
            #"{"type":"image_url","image_url":{"url":"§","detail":"high"}}"#
        ),
        (
            "{image_file: a.png, cache_control: {type: ephemeral}}",
            #"{"type":"image_url","image_url":{"url":"§"},"cache_control":{"type":"ephemeral"}}"#
        ),
        ("{audio_file: s.wav}", #"{"type":"input_audio","input_audio":{"data":"§","format":"wav"}}"#),
        ("{audio_file: s.mp3}", #"{"type":"input_audio","input_audio":{"data":"§","format":"mp3"}}"#),
        ("{document_file: r.pdf}", #"{"type":"file","file":{"file_data":"§","filename":"r.pdf"}}"#),
        (
            #"{document_file: 'say "hi".txt'}"#,
            #"{"type":"file","file":{"file_data":"§","filename":"say \"hi\".txt"}}"#
        ),
    ])
    func chat(part: String, sent: String) throws {
        let job = try makeJob(parts: part, in: folder)
        let rendered = try render(#"{"f":"a.png","d":"high"}"#, job)
        #expect(rendered.reasons == [])
        #expect(rendered.request?.filled(["§"]) == content(sent))
        #expect(rendered.body == content(sent.replacing("§", with: "")))
        // The same from a CSV row.
        var fromCSV = try render(["f", "d"], ["a.png", "high"], job).request
        fromCSV?.line = 1
        #expect(fromCSV == rendered.request)
    }

    @Test(arguments: [
        ("{image_file: a.png, detail: auto}", #"{"type":"input_image","image_url":"§","detail":"auto"}"#),
        ("{image_file: a.png}", #"{"type":"input_image","image_url":"§"}"#),
        ("{audio_file: s.wav}", #"{"type":"input_audio","input_audio":{"data":"§","format":"wav"}}"#),
        ("{document_file: r.pdf}", #"{"type":"input_file","filename":"r.pdf","file_data":"§"}"#),
    ])
    func responses(part: String, sent: String) throws {
        let job = try makeJob(parts: "{type: input_text, text: '{{q}}'}, \(part)", in: folder, url: "/v1/responses")
        let text = #"{"type":"input_text","text":"why?"}"#
        #expect(
            try render(#"{"q":"why?"}"#, job).request?.filled(["§"])
                == #"{"model":"m","input":[{"role":"user","content":[\#(text),\#(sent)]}]}"#)
    }

    @Test func severalInOneMessage() throws {
        let job = try makeJob(
            parts: "{image_file: '{{f}}'}, {type: text, text: 'é {{q}}'}, {image_file: b.jpg}, {audio_file: s.wav}",
            in: folder)
        let request = try #require(try render(#"{"f":"a.png","q":"\u00e9?"}"#, job).request)
        #expect(
            request.filled(["1", "2", "3"])
                == content(
                    #"{"type":"image_url","image_url":{"url":"1"}},{"type":"text","text":"é \u00e9?"},"#
                        + #"{"type":"image_url","image_url":{"url":"2"}},"#
                        + #"{"type":"input_audio","input_audio":{"data":"3","format":"wav"}}"#))
        #expect(request.attachments.map(\.form) == [.dataURL, .dataURL, .base64])
        #expect(request.attachments.map(\.mediaType) == ["image/png", "image/jpeg", "audio/wav"])
        #expect(request.attachments.map(\.bytes) == [SampleFiles.png, SampleFiles.jpeg, SampleFiles.wav].map(\.count))
        #expect(request.attachments[0].sha256 == (try SHA256Hasher.hash(SampleFiles.png)).bytes)
        let root = try #require(realpath(folder.path, nil).map { String(cString: $0) })
        #expect(request.attachments.map(\.path) == ["a.png", "b.jpg", "s.wav"].map { "\(root)/\($0)" })
    }

    @Test(arguments: ["/v1/chat/completions", "/v1/responses"])
    func eachCountsAsAnAttachment(url: String) throws {
        func tokens(_ parts: String) throws -> Int? {
            try render(#"{"f":"a.png"}"#, makeJob(parts: parts, in: folder, url: url)).request?.estimatedPromptTokens
        }
        let one = try #require(try tokens("{image_file: '{{f}}'}"))
        let two = try #require(try tokens("{image_file: '{{f}}'}, {image_file: '{{f}}'}"))
        #expect(one > TokenEstimate.attachmentTokens)
        #expect((TokenEstimate.attachmentTokens..<TokenEstimate.attachmentTokens + 40).contains(two - one))
    }

    /// Text that comes from data is only ever text, or JSON that is passed on: it names no file to be sent.
    @Test func dataCannotAddFiles() throws {
        let row = #"{"parts":[{"type":"image_file","image_file":"a.png"}],"text":"\",\"image_file\":\"a.png"}"#
        let job = try makeJob(request: "model: m\nmessages: [{role: user, content: '{{parts}}'}]")
        #expect(try render(row, job).request?.attachments == [])
        let other = try makeJob(request: "model: m\nmessages: [{role: user, content: '{{text}}'}]")
        #expect(try render(row, other).request?.attachments == [])
        let line = #"{"messages":[{"role":"user","content":[{"type":"image_file","image_file":"a.png"}]}]}"#
        #expect(try render(line, try makeJob(request: "model: m")).request?.attachments == [])
    }

    @Test func anAddressThatIsEmptyIsStillAFault() throws {
        let job = try makeJob(
            parts: "{image_file: a.png}, {type: image_url, image_url: {url: '{{u}}'}}", in: folder)
        #expect(
            try render(#"{"u":""}"#, job).reasons
                == ["messages[0].content[1].image_url.url: must be an address or a data: URL"])
    }

    @Test func faultsNameTheRowsWords() throws {
        let job = try makeJob(parts: "{image_file: '{{f}}'}, {audio_file: '{{nothing}}'}", in: folder)
        #expect(
            try render(#"{"f":"gone.png"}"#, job).reasons == [
                "image_file: 'gone.png' does not exist; paths are relative to \(try root)",
                "no column 'nothing'; the columns are f",
            ])
    }

    private var root: String {
        get throws { try #require(realpath(folder.path, nil).map { String(cString: $0) }) }
    }

    @Test func aWrongExtensionDoesNotMatter() throws {
        try folder.write("really-jpeg.png", SampleFiles.jpeg)
        let job = try makeJob(parts: "{image_file: really-jpeg.png}", in: folder)
        #expect(try render("{}", job).request?.attachments.first?.mediaType == "image/jpeg")
    }

    @Test(arguments: [
        ("image_file", "r.pdf", "a PNG, JPEG, GIF or WebP image"),
        ("image_file", "s.wav", "a PNG, JPEG, GIF or WebP image"),
        ("audio_file", "a.png", "a WAV or MP3 file"), ("document_file", "a.png", "a PDF or UTF-8 text"),
        ("document_file", "latin1.txt", "a PDF or UTF-8 text"),
        ("image_file", "text.png", "a PNG, JPEG, GIF or WebP image"),
    ])
    func aKindThatIsNotAllowed(key: String, file: String, allowed: String) throws {
        try folder.write("latin1.txt", [0x63, 0x61, 0x66, 0xE9, 0x0A])
        try folder.write("text.png", SampleFiles.text)
        let job = try makeJob(parts: "{\(key): \(file)}", in: folder)
        #expect(try render("{}", job).reasons == ["\(key): '\(file)' is not \(allowed), by its content"])
    }

    @Test func allFilesTogetherMustFitTheBody() throws {
        try folder.write("big.txt", [UInt8](repeating: 0x61, count: 17 << 20))
        let part = "{document_file: big.txt}"
        #expect(try render("{}", makeJob(parts: "\(part), \(part)", in: folder)).request != nil)
        let reasons = try render("{}", makeJob(parts: "\(part), \(part), \(part)", in: folder)).reasons
        #expect(reasons.count == 1)
        #expect(reasons[0].hasSuffix(" bytes with its files; at most 67108864 can be sent"))
    }

    @Test func contentDecidesTheFingerprint() throws {
        let job = try makeJob(parts: "{image_file: '{{f}}'}", in: folder)
        func fingerprint(_ file: String) throws -> Fingerprint? {
            try render(#"{"f":"\#(file)"}"#, job).request?.fingerprint
        }
        let before = try #require(try fingerprint("a.png"))
        try folder.write("renamed.png", SampleFiles.png)
        #expect(try fingerprint("renamed.png") == before)
        try folder.write("a.png", SampleFiles.png + [0])
        #expect(try fingerprint("a.png") != before)
        let other = try makeJob(parts: "{image_file: '{{f}}', detail: low}", in: folder)
        #expect(try render(#"{"f":"renamed.png"}"#, other).request?.fingerprint != before)
    }

    @Test func flagsAddAnImageToTheUsersMessage() throws {
        var job = try makeJob()
        job.attachments.folder = folder.path
        job.request = try RequestTemplate(model: "m", system: "s", prompt: "What is {{q}}?", image: "{{f}}.png")
        #expect(
            try render(#"{"f":"a","q":"this"}"#, job).request?.filled(["§"])
                == #"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"#
                + #"[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"§"}}]}]}"#)
        job.request = try RequestTemplate(model: "m", image: "{{f}}.png")
        #expect(
            try render(#"{"f":"a","prompt":"hi"}"#, job).request?.filled(["§"])
                == content(#"{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"§"}}"#))
    }

    @Test func filesLieInTheInputsFolderUnlessTheJobSaysOtherwise() throws {
        func folder(_ text: String, path: String = "jobs/x.yaml") throws -> String {
            try JobFile.parse(text: text + "\nendpoint: {base_url: 'http://x/v1'}\n", path: path).attachmentFolder
        }
        #expect(try folder("input: ../data/rows.csv") == "data")
        #expect(try folder("input: rows.csv", path: "x.yaml") == ".")
        #expect(try folder("input: /rows.csv") == "/")
        #expect(try folder("input: '-'") == "jobs")
        #expect(try folder("input: rows.csv\nattachments: {folder: ../photos}") == "photos")
        var job = Job(name: "x", input: .standardInput, endpoint: Endpoint(baseURL: .placeholder))
        #expect(job.attachmentFolder == ".")
        #expect(job.attachments.maximum == .mebibytes(20))
        job.input = .file(path: "a/b.csv")
        #expect(job.attachmentFolder == "a")
    }

    @Test func aFolderThatIsNotThereEndsThePlanning() throws {
        var job = try makeJob(parts: "{image_file: a.png}", in: folder)
        job.attachments.folder = folder.file("nowhere")
        #expect(throws: AttachmentFolderError(folder: folder.file("nowhere"), code: ENOENT)) {
            try RequestRenderer(job: job)
        }
    }
}

/// What a job file may say of file parts.
@Suite struct FilePartReaderTests {
    private func problems(_ request: String) -> [String] {
        do {
            _ = try makeJob(request: request)
            return []
        } catch let error as JobFileError {
            return error.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test(arguments: [
        (
            "{image_file: a.png, detial: low}",
            "7:27: unknown key 'detial' beside image_file; did you mean 'detail'?"
        ),
        (
            "{audio_file: a.wav, detail: low}",
            "7:27: unknown key 'detail' beside audio_file; the keys are audio_file, type, prompt_cache_breakpoint, cache_control"
        ),
        (
            "{image_file: a.png, audio_file: a.wav}",
            "7:27: audio_file: cannot stand beside image_file; make it a part of its own"
        ),
        (
            "{type: image_url, image_file: a.png}",
            "7:14: type: must be image_file here, or be left out: what is sent follows from it"
        ),
        ("{image_file: [a.png]}", "7:20: image_file: must be a path, as text"),
        ("{image_file: }", "7:20: image_file: must be a path, as text"),
        ("{image_file: {{f}}}", "7:20: a value that begins with {{ needs quotes around it"),
        ("{image_file: '{{f|json}}'}", "7:20: '|json' has no place in a path"),
    ])
    func faults(part: String, problem: String) {
        #expect(problems("model: m\nmessages:\n- content:\n  - \(part)") == ["test.yaml:" + problem])
    }

    @Test func aPartStandsInAList() {
        #expect(
            problems("model: m\nmessages: [{role: user, content: {image_file: a.png}}]")
                == ["test.yaml:5:37: image_file: is a part of a list, as in content: [{image_file: PATH}]"])
    }

    @Test func elsewhereItIsAKeyAsAnyOther() throws {
        let job = try makeJob(request: "model: m\nmetadata: {list: [{image_file: a.png}]}\nmessages: '{{m}}'")
        #expect(!job.request.hasFiles)
        #expect(
            try render(#"{"m":[{"role":"user","content":"x"}]}"#, job).body
                == #"{"model":"m","metadata":{"list":[{"image_file":"a.png"}]},"messages":[{"role":"user","content":"x"}]}"#
        )
    }
}
