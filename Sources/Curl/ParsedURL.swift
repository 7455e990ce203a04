import CCurl

/// A URL as libcurl takes it apart. Given as text it is parsed anew for each request, which costs more than a microsecond
/// of its time.
///
/// Belongs to the loop's thread: libcurl reads it there and never changes it.
final class ParsedURL {
    let pointer: OpaquePointer

    /// Nil if libcurl has no memory or cannot parse the text. The path stays as it is written.
    init?(_ text: String) {
        guard let pointer = curl_url() else { return nil }
        self.pointer = pointer
        guard curl_url_set(pointer, CURLUPART_URL, text, UInt32(CURLU_PATH_AS_IS)) == CURLUE_OK else { return nil }
    }

    deinit {
        curl_url_cleanup(pointer)
    }
}
