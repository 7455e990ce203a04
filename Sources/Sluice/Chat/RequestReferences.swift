import JSON

/// What a request makes the model read beside the bytes that are sent.
package struct RequestReferences: Sendable, Equatable {
    /// Images, by address or in the body: what each counts says no length.
    package private(set) var images = 0
    /// Earlier answers, files by their ids, what the provider's own tools find: nobody knows how much.
    package private(set) var drawsInMore = false

    package init(_ body: JSONValue?) {
        guard let body, body.kind == .object else { return }
        for key in ["previous_response_id", "conversation", "web_search_options"] {
            if let value = body[key], !value.isNull { drawsInMore = true }
        }
        // A prompt that is kept by the provider.
        if body["prompt"]?.kind == .object { drawsInMore = true }
        for tool in body["tools"]?.elements.map({ $0 }) ?? [] {
            if let type = tool["type"], !type.isString("function"), !type.isString("custom") { drawsInMore = true }
        }
        for key in ["messages", "input"] {
            guard let list = body[key], list.kind == .array else { continue }
            for message in list.elements {
                if let content = message["content"], content.kind == .array {
                    for part in content.elements { count(part) }
                } else {
                    count(message)
                }
            }
        }
    }

    private mutating func count(_ part: JSONValue) {
        if part["image_url"] != nil { images += 1 }
        // Within the part, or within the object that it holds.
        for holder in [part, part["file"]].compactMap({ $0 }) where holder.kind == .object {
            for key in ["file_id", "file_url"] where holder[key].map({ !$0.isNull }) ?? false { drawsInMore = true }
        }
        if part["type"]?.isString("item_reference") ?? false { drawsInMore = true }
    }
}
