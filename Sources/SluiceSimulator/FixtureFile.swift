import JSON

/// One canned answer: `{"name":…,"status":200,"headers":{…},"body":"…"}`.
///
/// `name` is the prompt that gets it, by default the file's name without its ending. `headers` is an object, or a list
/// of `[name, value]`, of `"Name: value"` or of `{"name":…,"value":…}`. In place of `body` there may be `body_base64`,
/// or `chunks`, a list of texts that are sent one by one. With `"close":true` the connection is cut behind it. Other
/// members are somebody else's.
enum FixtureFile {
    static func read(
        _ contents: [UInt8], path: String, name: String
    ) throws(FixtureError) -> (name: String, reply: ScriptedReply) {
        let parser = JSONParser()
        let root: JSONValue
        do {
            root = try parser.parse(contents)
        } catch {
            throw FixtureError(path, reason: "\(error)")
        }
        guard root.kind == .object else { throw FixtureError(path, reason: "not an object") }
        var reply = ScriptedReply(headers: [], body: "")
        if let status = root["status"] {
            guard let number = status.integer, (100...999).contains(number) else {
                throw FixtureError(path, reason: "status is not a number from 100 to 999")
            }
            reply.status = Int(number)
        }
        reply.headers = try headers(root["headers"], path: path)
        if let body = root["body"] {
            guard body.appendString(to: &reply.body) else { throw FixtureError(path, reason: "body is not a text") }
        } else if let body = root["body_base64"] {
            guard let bytes = body.string.flatMap({ Base64.decode(Array($0.utf8)) }) else {
                throw FixtureError(path, reason: "body_base64 is not base64")
            }
            reply.body = bytes
        } else if let chunks = root["chunks"] {
            var pieces: [[UInt8]] = []
            for chunk in chunks.elements {
                var piece: [UInt8] = []
                guard chunk.appendString(to: &piece) else { throw FixtureError(path, reason: "a chunk is not a text") }
                pieces.append(piece)
            }
            guard chunks.kind == .array else { throw FixtureError(path, reason: "chunks is not a list") }
            reply.chunks = pieces
        }
        if root["close"]?.bool == true {
            reply.ending = .close
            // A body whose length is kept would be whole: the client would use a connection again that is about to go.
            if reply.chunks == nil { reply.promisedLength = reply.body.count + 1 }
        }
        let file = name.hasSuffix(".json") ? String(name.dropLast(5)) : name
        return (root["name"]?.string ?? file, reply)
    }

    private static func headers(
        _ value: JSONValue?, path: String
    ) throws(FixtureError) -> [RequestRecorder.Header] {
        guard let value, !value.isNull else { return [] }
        var headers: [RequestRecorder.Header] = []
        func add(_ name: String?, _ text: String?) throws(FixtureError) {
            guard let name, let text, !name.isEmpty, !(name + text).utf8.contains(where: { $0 == 13 || $0 == 10 })
            else {
                throw FixtureError(path, reason: "a header is not a name and a text, each of one line")
            }
            headers.append(.init(name: name, value: text))
        }
        switch value.kind {
        case .object:
            for member in value.members { try add(member.key.string, member.value.string) }
        case .array:
            for element in value.elements {
                switch element.kind {
                case .array: try add(element[0]?.string, element[1]?.string)
                case .object: try add(element["name"]?.string, element["value"]?.string)
                default:
                    let parts = (element.string ?? "").split(separator: ":", maxSplits: 1)
                    let text = parts.count == 2 ? parts[1].drop { $0 == " " } : nil
                    try add(parts.first.map(String.init), text.map(String.init))
                }
            }
        default: throw FixtureError(path, reason: "headers is neither an object nor a list")
        }
        return headers
    }
}
