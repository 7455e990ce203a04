/// A content part of the job's request that takes in a local file: `{image_file: "photos/{{file}}", detail: low}`.
struct FilePart: Sendable, Equatable {
    /// Named as the part's key is.
    enum Kind: String, Sendable, CaseIterable {
        case image = "image_file"
        case audio = "audio_file"
        case document = "document_file"
    }

    var kind: Kind
    /// Plain text.
    var path: Template
    /// An image's `detail`, as JSON.
    var detail: Template?
    /// Members that are passed on as they are: nothing, or `,"cache_control":…`.
    var further = Template()

    var hasHoles: Bool { path.hasHoles || detail?.hasHoles == true || further.hasHoles }
}

extension FilePart.Kind {
    /// Members of the API that any part may carry.
    static let furtherMembers = ["prompt_cache_breakpoint", "cache_control"]

    /// The keys that may stand in the part.
    var keys: [String] { [rawValue, "type"] + (self == .image ? ["detail"] : []) + Self.furtherMembers }

    func allows(_ content: FileContent) -> Bool {
        switch (self, content) {
        case (.image, .png), (.image, .jpeg), (.image, .gif), (.image, .webp): true
        case (.audio, .wav), (.audio, .mp3): true
        case (.document, .pdf), (.document, .text): true
        default: false
        }
    }

    /// What is allowed, as in "is not …".
    var allowed: String {
        switch self {
        case .image: "a PNG, JPEG, GIF or WebP image"
        case .audio: "a WAV or MP3 file"
        case .document: "a PDF or UTF-8 text"
        }
    }

    var form: Attachment.Form { self == .audio ? .base64 : .dataURL }
}
