import JSON

/// Writes content parts with local files into bodies, with empty text where the file's data goes when the request is
/// sent, and notes which file that is. One for each renderer; blocks on the disk.
final class AttachmentCollector {
    private let files: LocalFiles
    private let isResponses: Bool
    /// Of the body at hand, by position.
    private(set) var attachments: [Attachment] = []

    init(_ files: LocalFiles, route: APIRoute) {
        self.files = files
        isResponses = route == .responses
    }

    func removeAll() { attachments.removeAll(keepingCapacity: true) }

    /// Appends a part to a body that began at the target's start.
    ///
    /// - Parameters:
    ///   - path: as written.
    ///   - detail: JSON; nil for none.
    ///   - further: members of the part, each after a comma.
    /// - Returns: what is wrong with the file; the body is then of no use.
    func append(
        _ kind: FilePart.Kind, path: [UInt8], detail: [UInt8]?, further: [UInt8], to target: inout [UInt8]
    ) -> RowProblem? {
        let found: (path: String, facts: LocalFiles.Facts)
        do {
            found = try files.find(path)
        } catch {
            return RowProblem(reason: "\(kind.rawValue): \(error.reason)")
        }
        guard kind.allows(found.facts.content) else {
            let shown = PathText.printable(String(decoding: path, as: UTF8.self))
            return RowProblem(reason: "\(kind.rawValue): '\(shown)' is not \(kind.allowed), by its content")
        }
        let name = path.split(separator: UInt8(ascii: "/")).last ?? path[...]
        let position = write(
            kind, found.facts.content, name: name, detail: detail, further: further, to: &target)
        attachments.append(
            Attachment(
                position: position, path: found.path, form: kind.form, mediaType: found.facts.content.mediaType,
                bytes: found.facts.bytes, sha256: found.facts.sha256.bytes))
        return nil
    }

    /// Returns where the file's data goes.
    private func write(
        _ kind: FilePart.Kind, _ content: FileContent, name: ArraySlice<UInt8>, detail: [UInt8]?, further: [UInt8],
        to target: inout [UInt8]
    ) -> Int {
        func append(_ text: StaticString) { text.withUTF8Buffer { target.append(contentsOf: $0) } }
        let position: Int
        switch kind {
        case .image:
            append(
                isResponses
                    ? #"{"type":"input_image","image_url":""# : #"{"type":"image_url","image_url":{"url":""#)
            position = target.count
            append("\"")
            if let detail {
                append(#","detail":"#)
                target += detail
            }
            if !isResponses { append("}") }
        case .audio:
            append(#"{"type":"input_audio","input_audio":{"data":""#)
            position = target.count
            append(content == .wav ? #"","format":"wav"}"# : #"","format":"mp3"}"#)
        case .document where isResponses:
            append(#"{"type":"input_file","filename":"#)
            JSONText.appendString(name, to: &target)
            append(#","file_data":""#)
            position = target.count
            append("\"")
        case .document:
            append(#"{"type":"file","file":{"file_data":""#)
            position = target.count
            append(#"","filename":"#)
            JSONText.appendString(name, to: &target)
            append("}")
        }
        target += further
        append("}")
        return position
    }
}

/// A part that takes in a file, ready to be filled. Belongs to one renderer.
struct BoundFilePart {
    private let kind: FilePart.Kind
    private var path: BoundTemplate
    private var detail: BoundTemplate?
    private var further: BoundTemplate
    private let collector: AttachmentCollector

    init(_ part: FilePart, _ collector: AttachmentCollector) {
        kind = part.kind
        path = BoundTemplate(part.path)
        detail = part.detail.map { BoundTemplate($0) }
        further = BoundTemplate(part.further)
        self.collector = collector
    }

    /// Appends the part with a JSON row's members.
    func append(_ row: JSONValue, _ scratch: JSONParser, to target: inout [UInt8], _ problems: inout [RowProblem]) {
        var texts = Texts()
        path.append(row, scratch, to: &texts.path, &texts.problems)
        detail?.append(row, scratch, to: &texts.detail, &texts.problems)
        further.append(row, scratch, to: &texts.further, &texts.problems)
        append(texts, to: &target, &problems)
    }

    /// The same with a CSV row's fields.
    mutating func append(
        _ fields: CSVFields, _ scratch: JSONParser, to target: inout [UInt8], _ problems: inout [RowProblem]
    ) {
        var texts = Texts()
        path.append(fields, scratch, to: &texts.path, &texts.problems)
        detail?.append(fields, scratch, to: &texts.detail, &texts.problems)
        further.append(fields, scratch, to: &texts.further, &texts.problems)
        append(texts, to: &target, &problems)
    }

    private struct Texts {
        var path: [UInt8] = []
        var detail: [UInt8] = []
        var further: [UInt8] = []
        var problems: [RowProblem] = []
    }

    private func append(_ texts: Texts, to target: inout [UInt8], _ problems: inout [RowProblem]) {
        var found = texts.problems
        if found.isEmpty,
            let problem = collector.append(
                kind, path: texts.path, detail: detail == nil ? nil : texts.detail, further: texts.further, to: &target)
        {
            found.append(problem)
        }
        problems += found.filter { !problems.contains($0) }
    }
}
