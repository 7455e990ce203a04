import JSON

extension RequestRecorder {
    /// As `GET /requests` shows them: `{"requests":[{"method","path","query","headers":[[name,value],…],"body"},…],
    /// "dropped":0}`.
    ///
    /// In place of keys stand their hashes, `fnv1a:` and sixteen digits. A body that is not UTF-8 is `body_base64`.
    package var json: [UInt8] {
        let dropped = dropped
        var bytes: [UInt8] = []
        bytes.append(literal: "{\"requests\":[")
        for (index, request) in requests.enumerated() {
            if index > 0 { bytes.append(literal: ",\n") }
            request.appendJSON(to: &bytes)
        }
        bytes.append(text: "],\"dropped\":\(dropped)}\n")
        return bytes
    }
}

extension RequestRecorder.Request {
    private static let secretHeaders: Set<String> = [
        "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie",
    ]
    private static let secretMembers: Set<String> = ["key", "api-key", "api_key", "access_token", "token"]

    fileprivate func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(literal: "{\"method\":")
        JSONText.appendString(method, to: &bytes)
        bytes.append(literal: ",\"path\":")
        JSONText.appendString(path, to: &bytes)
        bytes.append(literal: ",\"query\":")
        if let query {
            JSONText.appendString(Self.withoutKeys(query), to: &bytes)
        } else {
            bytes.append(literal: "null")
        }
        bytes.append(literal: ",\"headers\":[")
        for (index, header) in headers.enumerated() {
            bytes.append(literal: index > 0 ? ",[" : "[")
            JSONText.appendString(header.name, to: &bytes)
            bytes.append(literal: ",")
            let isSecret = Self.secretHeaders.contains(header.name.lowercased())
            JSONText.appendString(isSecret ? Self.withoutKey(header.value) : header.value, to: &bytes)
            bytes.append(literal: "]")
        }
        if JSONText.isValidUTF8(body) {
            bytes.append(literal: "],\"body\":")
            JSONText.appendString(body, to: &bytes)
        } else {
            bytes.append(literal: "],\"body_base64\":\"")
            Base64.append(body, to: &bytes)
            bytes.append(literal: "\"")
        }
        bytes.append(literal: "}")
    }

    /// `Bearer KEY` keeps its first word.
    private static func withoutKey(_ value: String) -> String {
        let words = value.split(separator: " ", maxSplits: 1)
        return words.count == 2 ? "\(words[0]) \(hash(words[1]))" : hash(value)
    }

    private static func withoutKeys(_ query: String) -> String {
        query.split(separator: "&", omittingEmptySubsequences: false).map { member in
            let parts = member.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, secretMembers.contains(parts[0].lowercased()) else { return String(member) }
            return "\(parts[0])=\(hash(parts[1]))"
        }.joined(separator: "&")
    }

    private static func hash(_ key: some StringProtocol) -> String {
        var bytes = Array("fnv1a:".utf8)
        bytes.append(hexadecimal: SimulatedAnswer.fnv1a(Array(key.utf8)))
        return String(decoding: bytes, as: UTF8.self)
    }
}
