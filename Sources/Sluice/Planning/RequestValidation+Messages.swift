import JSON

/// The `messages` of a chat request. Faults name the path, as in `messages[2].content[0].text`, and what to write.
extension RequestValidation {
    static func checkMessages(_ messages: JSONValue, _ prompt: inout PromptSize, _ faults: inout RequestFaults) {
        guard messages.kind == .array, messages.count > 0 else {
            return faults.add("messages: must be a list of at least one message", at: messages)
        }
        prompt.add(messages)
        var index = 0
        for message in messages.elements {
            if !isPlain(message) { Message(message, index: index).check(&prompt, &faults) }
            index += 1
        }
    }

    /// Whether a message is nothing but a role and text, as most are; these need no closer look.
    private static func isPlain(_ message: JSONValue) -> Bool {
        var hasRole = false
        var hasText = false
        for (key, value) in message.members {
            switch MemberKey(key) {
            case .role where value.kind == .string && !value.isString("tool"): hasRole = true
            case .content where value.kind == .string: hasText = true
            case nil: continue
            default: return false
            }
        }
        return hasRole && hasText
    }
}

/// One message with its members, found in one pass.
private struct Message {
    private let value: JSONValue
    private let index: Int
    private var role: JSONValue?
    private var content: JSONValue?
    private var toolCalls: JSONValue?
    private var toolCallID: JSONValue?
    private var functionCall: JSONValue?
    private var refusal: JSONValue?
    private var audio: JSONValue?

    init(_ value: JSONValue, index: Int) {
        self.value = value
        self.index = index
        for (key, value) in value.members {
            switch MemberKey(key) {
            case .role: role = value
            case .content: content = value
            case .toolCalls: toolCalls = value
            case .toolCallID: toolCallID = value
            case .functionCall: functionCall = value
            case .refusal: refusal = value
            case .audio: audio = value
            default: break
            }
        }
    }

    private func path(_ rest: String) -> String { "messages[\(index)]\(rest)" }

    func check(_ prompt: inout PromptSize, _ faults: inout RequestFaults) {
        guard value.kind == .object else {
            return faults.add("\(path("")): must be an object with role and content", at: value)
        }
        if role == nil {
            faults.add("\(path(".role")): is missing; write system, user, assistant or tool", at: value)
        } else if let role, role.kind != .string {
            faults.add("\(path(".role")): must be text, such as user", at: role)
        }
        if let role, role.isString("tool"), toolCallID?.kind != .string {
            faults.add(
                "\(path(".tool_call_id")): must name the call that this message answers", at: toolCallID ?? value)
        }
        if let toolCalls, !toolCalls.isNull { checkToolCalls(toolCalls, &faults) }
        checkContent(&prompt, &faults)
    }

    private func checkContent(_ prompt: inout PromptSize, _ faults: inout RequestFaults) {
        switch content?.kind {
        case .string:
            return
        case .array:
            checkParts(&prompt, &faults)
        case nil, .null:
            let isAssistant = role.map { $0.isString("assistant") } ?? true
            let stands = [toolCalls, functionCall, refusal, audio].contains { $0.map { !$0.isNull } ?? false }
            guard !isAssistant || !stands else { return }
            let reason =
                isAssistant
                ? "must be text or a list of parts; only with tool_calls or a refusal may it be left out"
                : "must be text or a list of parts"
            faults.add("\(path(".content")): \(reason)", at: content ?? value)
        default:
            faults.add("\(path(".content")): must be text or a list of parts", at: content)
        }
    }

    private func checkParts(_ prompt: inout PromptSize, _ faults: inout RequestFaults) {
        guard let content, content.count > 0 else {
            return faults.add("\(path(".content")): must have at least one part", at: content)
        }
        var number = 0
        for part in content.elements {
            checkPart(part, ".content[\(number)]", &prompt, &faults)
            number += 1
        }
    }

    private func checkPart(
        _ part: JSONValue, _ place: String, _ prompt: inout PromptSize, _ faults: inout RequestFaults
    ) {
        guard part.kind == .object, let type = part["type"] else {
            return faults.add("\(path(place)): must be an object with a type", at: part)
        }
        guard type.kind == .string else {
            return faults.add("\(path(place)).type: must be text, such as text or image_url", at: type)
        }
        if type.isString("text") {
            guard part["text"]?.kind != .string else { return }
            faults.add("\(path(place)).text: must be text", at: part["text"] ?? part)
        } else if type.isString("image_url") {
            // Some servers take the address itself in place of an object with a url.
            let image = part["image_url"]
            let url = image?.kind == .object ? image?["url"] : image
            guard let url, url.kind == .string, !url.isString("") || prompt.isFilled(url) else {
                return faults.add("\(path(place)).image_url.url: must be an address or a data: URL", at: image ?? part)
            }
            prompt.addAttachment(data: Self.isDataURL(url) ? url : nil)
        } else if type.isString("input_audio") {
            let audio = part["input_audio"]
            guard let data = audio?["data"], data.kind == .string else {
                return faults.add("\(path(place)).input_audio.data: must be base64 text", at: audio ?? part)
            }
            if audio?["format"]?.kind != .string {
                faults.add("\(path(place)).input_audio.format: must be text, such as wav or mp3", at: audio)
            }
            prompt.addAttachment(data: data)
        } else if type.isString("file") {
            guard let file = part["file"], file.kind == .object else {
                return faults.add("\(path(place)).file: must be an object with file_id or file_data", at: part)
            }
            let data = file["file_data"]
            prompt.addAttachment(data: data?.kind == .string ? data : nil)
        }
    }

    private static func isDataURL(_ url: JSONValue) -> Bool {
        url.withRawBytes { $0.dropFirst().prefix(5).elementsEqual("data:".utf8) }
    }

    private func checkToolCalls(_ calls: JSONValue, _ faults: inout RequestFaults) {
        guard calls.kind == .array, calls.count > 0 else {
            return faults.add("\(path(".tool_calls")): must be a list of at least one call", at: calls)
        }
        var number = 0
        for call in calls.elements {
            let place = "\(path(".tool_calls"))[\(number)]"
            number += 1
            guard call.kind == .object else {
                faults.add("\(place): must be an object with id, type and function", at: call)
                continue
            }
            if call["id"]?.kind != .string {
                faults.add("\(place).id: must be text", at: call["id"] ?? call)
            }
            // Other types of call are the provider's business.
            guard call["type"].map({ $0.isString("function") }) ?? true else { continue }
            guard let function = call["function"], function.kind == .object else {
                faults.add("\(place).function: must be an object with name and arguments", at: call["function"] ?? call)
                continue
            }
            for key in ["name", "arguments"] where function[key]?.kind != .string {
                faults.add("\(place).function.\(key): must be text", at: function[key] ?? function)
            }
        }
    }
}
