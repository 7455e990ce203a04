import CCurl

/// Sets options one after the other and keeps the first refusal.
struct EasyOptions {
    let easy: UnsafeMutableRawPointer
    private(set) var code = CURLE_OK

    init(easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    mutating func check(_ next: CURLcode) {
        if code == CURLE_OK { code = next }
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        check(ccurl_set_long(easy, option, value))
    }

    /// libcurl copies the string.
    mutating func set(_ option: CURLoption, string: String) {
        check(ccurl_set_string(easy, option, string))
    }

    mutating func set(_ option: CURLoption, pointer: UnsafeRawPointer) {
        check(ccurl_set_pointer(easy, option, pointer))
    }

    mutating func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) {
        check(ccurl_set_list(easy, option, list))
    }
}
