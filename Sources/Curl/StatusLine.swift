/// A status line's parts: "HTTP/1.1 200 OK", "HTTP/2 200".
struct StatusLine {
    var version: HTTPVersionNumber
    var status: Int

    init?(_ line: UnsafeRawBufferPointer) {
        guard line.count >= 9, line.starts(with: "HTTP/".utf8), let major = Self.digit(line[5]) else { return nil }
        var position = 6
        var minor = 0
        if line[6] == UInt8(ascii: "."), let digit = Self.digit(line[7]) {
            minor = digit
            position = 8
        }
        while position < line.count, line[position] == 0x20 { position += 1 }
        guard position + 3 <= line.count else { return nil }
        var status = 0
        for index in position..<(position + 3) {
            guard let digit = Self.digit(line[index]) else { return nil }
            status = status * 10 + digit
        }
        version = HTTPVersionNumber(major: major, minor: minor)
        self.status = status
    }

    private static func digit(_ byte: UInt8) -> Int? {
        byte >= 0x30 && byte <= 0x39 ? Int(byte - 0x30) : nil
    }
}
