import JSON

/// The sound of a streamed message, growing by its deltas.
///
/// Pieces of `data` are joined as they are written. Where a server pads each of them, padding stands inside; that is
/// the server's way of saying that the pieces are to be decoded one by one.
struct StreamAudio {
    private var data: [UInt8] = []
    private var transcript: [UInt8] = []
    private var others: [WrittenMember] = []

    /// Whether anything came that can be heard or read.
    mutating func add(_ audio: JSONValue) -> Bool {
        var hasSound = false
        for (key, value) in audio.members where !value.isNull {
            if key.isString("data"), value.kind == .string {
                value.appendWrittenContents(to: &data)
                hasSound = hasSound || value.isFilledString
            } else if key.isString("transcript"), value.kind == .string {
                value.appendWrittenContents(to: &transcript)
                hasSound = hasSound || value.isFilledString
            } else if !key.isString("data"), !key.isString("transcript") {
                others.keepLast(key, value)
            }
        }
        return hasSound
    }

    func append(to target: inout [UInt8]) {
        target += "{".utf8
        for member in others {
            member.append(to: &target)
            target += ",".utf8
        }
        target += #""data":""#.utf8
        target += data
        target += #"","transcript":""#.utf8
        target += transcript
        target += "\"}".utf8
    }
}
