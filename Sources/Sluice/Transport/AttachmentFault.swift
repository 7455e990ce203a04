/// Why a request's file cannot be sent: it is not what was planned. A sentence; it holds no content.
package struct AttachmentFault: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case missing = "attachment_missing"
        /// The file's content is another than the one that was planned, or there is something else in its place.
        case changed = "attachment_changed"
        /// The file may well be as planned, but it cannot be opened or read now.
        case unreadable = "attachment_unreadable"
    }

    package let code: Code
    package let description: String

    init(_ code: Code, path: String, detail: String? = nil) {
        self.code = code
        let path = PathText.printable(path)
        description =
            switch code {
            case .missing: "\(path) is no longer there; put it back, and `sluice retry` has its row sent"
            case .changed: "\(path) has changed since it was planned; run the command again to plan it anew"
            case .unreadable:
                "\(path) cannot be read (\(detail ?? "unknown")); once it can, `sluice retry` has its row sent"
            }
    }
}
