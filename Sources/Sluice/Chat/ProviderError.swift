import JSON

/// An error in a provider's words, read from any of the shapes that providers give it.
struct ProviderError: Equatable {
    /// As written: `insufficient_quota`, `402`, `1300`.
    var code: String?
    var type: String?
    var message: String?
    /// The HTTP status that the error itself names, by number or by a well-known name.
    var status: Int?
    /// Gemini's `retryDelay`.
    var retryDelay: Duration?
    var meaning: Meaning?

    /// What an error means beyond its status.
    enum Meaning: Equatable {
        /// The key is missing, wrong or revoked, whatever the status says.
        case keyRefused
        /// Nothing more will be answered until somebody pays or raises a limit.
        case quotaSpent
        /// This one prompt, or its answer, was taken by a filter.
        case filtered
        /// OpenRouter: too much money in flight; passes by itself.
        case budgetInFlight
    }

    /// - Parameters:
    ///   - isRejection: the status already says that this is an error, so looser shapes will do: `detail`, `message`,
    ///     `errors`. In an answer of status 200 only an explicit error counts.
    ///   - secrets: removed from the message wherever they stand.
    init?(_ root: JSONValue, isRejection: Bool, secrets: [[UInt8]] = []) {
        guard let document = root.kind == .array ? root[0] : root, document.kind == .object || isRejection else {
            return nil
        }
        if let error = document["error"], error.isTruthy {
            self.init(error: error.kind == .array ? error[0] ?? error : error, document: document, secrets: secrets)
        } else if document["object"]?.isString("error") == true || document["type"]?.isString("error") == true {
            self.init(error: document, document: document, secrets: secrets)
        } else if isRejection {
            self.init(looseShape: document, secrets: secrets)
        } else {
            return nil
        }
    }

    /// - Parameter error: the value of `error` itself: an object, a string, anything truthy.
    init(error: JSONValue, document: JSONValue, secrets: [[UInt8]]) {
        var words: [UInt8] = []
        if error.kind == .object {
            // Anthropic's telling name for a spending cap lies deeper.
            code =
                error["code"]?.shortText(redacting: secrets)
                ?? error["details"]?["error_code"]?.shortText(redacting: secrets)
            type =
                error["type"]?.shortText(redacting: secrets)
                ?? error["status"].flatMap { $0.kind == .string ? $0.shortText(redacting: secrets) : nil }
            Self.appendPlace(of: error, to: &words)
            Self.appendWords(error["message"] ?? error["detail"] ?? error["msg"] ?? error["error"], to: &words)
            Self.appendWords(upstream: error["metadata"]?["raw"], to: &words)
        } else {
            code = document["code"]?.shortText(redacting: secrets)
            type = document["type"]?.shortText(redacting: secrets)
            Self.appendWords(error, to: &words)
            // Some servers put a short name in `error` and the sentence beside it.
            if let message = document["message"], message.isFilledString {
                words += ": ".utf8
                Self.appendWords(message, to: &words)
            }
        }
        message = SafeText.make(words[...], redacting: secrets)
        status = Self.status(error) ?? (error.kind == .object ? nil : Self.status(document))
        status = status ?? code.flatMap(Self.status(named:)) ?? type.flatMap(Self.status(named:))
        retryDelay = Self.retryDelay(error["details"])
        meaning = Self.meaning(error, code: code, type: type, words: words[...])
    }

    /// `{"detail": …}` of FastAPI, `{"message": …}` of gateways, `{"errors": [{…}]}` of Cloudflare, a bare string.
    private init?(looseShape document: JSONValue, secrets: [[UInt8]]) {
        if let first = document["errors"]?[0] {
            self.init(error: first, document: document, secrets: secrets)
        } else if let detail = document["detail"], detail.isTruthy {
            self.init(error: detail.kind == .array ? detail[0] ?? detail : detail, document: document, secrets: secrets)
        } else if document["message"]?.isTruthy == true || document["msg"]?.isTruthy == true {
            self.init(error: document, document: document, secrets: secrets)
        } else if document.isFilledString {
            self.init(error: document, document: document, secrets: secrets)
        } else {
            return nil
        }
    }

    /// A string's text; the message inside an object, where one can be found; never the object itself, which may
    /// quote the request.
    private static func appendWords(_ value: JSONValue?, to target: inout [UInt8], depth: Int = 0) {
        guard let value, depth < 4 else { return }
        switch value.kind {
        case .string: _ = value.appendString(to: &target)
        case .number: value.appendRaw(to: &target)
        case .array: appendWords(value[0], to: &target, depth: depth + 1)
        case .object:
            appendPlace(of: value, to: &target)
            let inner = value["message"] ?? value["msg"] ?? value["detail"] ?? value["error"]
            appendWords(inner, to: &target, depth: depth + 1)
        case .bool, .null: break
        }
    }

    /// FastAPI, and Mistral with it, says where the fault is beside what it is; `input`, which quotes the prompt, stays
    /// out.
    private static func appendPlace(of fault: JSONValue, to target: inout [UInt8]) {
        guard let place = fault["loc"], place.kind == .array, place.count > 0 else { return }
        target += place.elements.prefix(12).compactMap(\.shortText).joined(separator: ".").utf8
        target += ": ".utf8
    }

    /// OpenRouter says "Provider returned error" and keeps what the provider said under `metadata.raw`.
    private static func appendWords(upstream raw: JSONValue?, to target: inout [UInt8]) {
        guard let raw, raw.isFilledString else { return }
        target += ": ".utf8
        appendWords(raw, to: &target)
    }

    private static func retryDelay(_ details: JSONValue?) -> Duration? {
        guard let details else { return nil }
        for detail in details.elements.prefix(32) {
            var text: [UInt8] = []
            guard detail["retryDelay"]?.appendString(to: &text) == true else { continue }
            return DurationText.goDuration(text[...]).flatMap(RetryAfter.sensible)
        }
        return nil
    }
}
