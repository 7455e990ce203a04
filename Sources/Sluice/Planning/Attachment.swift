/// A local file that a request's body takes in when it leaves.
///
/// The body as planned, kept and exported has empty text at its place. Which file goes there is said here and nowhere
/// in the body, so that no text that comes from data can ever name a file to be sent.
package struct Attachment: Sendable, Equatable {
    package enum Form: String, Sendable {
        /// `data:image/png;base64,…`
        case dataURL = "data_url"
        case base64
    }

    /// The byte of the body before which the file's data goes: between two quotes.
    package var position: Int
    /// Absolute, without symbolic links.
    package var path: String
    package var form: Form
    /// By the content, such as `image/png`.
    package var mediaType: String
    /// The file's size.
    package var bytes: Int
    /// The 32 bytes of the content's SHA-256.
    package var sha256: [UInt8]

    package init(position: Int, path: String, form: Form, mediaType: String, bytes: Int, sha256: [UInt8]) {
        self.position = position
        self.path = path
        self.form = form
        self.mediaType = mediaType
        self.bytes = bytes
        self.sha256 = sha256
    }

    /// What stands before the base64 text.
    var prefix: String {
        switch form {
        case .dataURL: "data:\(mediaType);base64,"
        case .base64: ""
        }
    }

    /// By how many bytes the body grows.
    package var insertedBytes: Int { prefix.utf8.count + Base64.encodedCount(of: bytes) }
}
