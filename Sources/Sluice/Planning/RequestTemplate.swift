/// The fields of a request's body as the job gives them: JSON with holes for a row's values, in written order.
package struct RequestTemplate: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: Template
    }

    package private(set) var fields: [Field] = []

    package init() {}

    /// A template from command-line flags, for the operation that `url` names.
    ///
    /// For chats `prompt` becomes the user's message and may have placeholders; without it each row must bring its own
    /// `messages` or `prompt`. A `system` text alone is put before each row's `prompt`. `image` is the path of a file
    /// that goes into the user's message, behind its text, and may have placeholders. Parameters are JSON text, passed
    /// on as written.
    /// For responses it becomes `input`, and `system` the `instructions`; for embeddings and moderations `input`, for
    /// completions `prompt`; where it is nil, each row brings a column of that name.
    package init(
        url: String = "/v1/chat/completions", model: String? = nil, system: String? = nil, prompt: String? = nil,
        image: String? = nil,
        parameters: [(name: String, json: String)] = []
    ) throws(TemplateFault) {
        if let model { try set("model", text: model) }
        for parameter in parameters { try set(parameter.name, json: parameter.json) }
        switch APIRoute(path: url) {
        case .chatCompletions, .other: try setMessages(system, prompt, image)
        case .responses: try setInput(system, prompt, image)
        case .embeddings, .moderations: try setText("input", system, prompt, image)
        case .completions: try setText("prompt", system, prompt, image)
        }
    }

    private mutating func setText(
        _ name: String, _ system: String?, _ prompt: String?, _ image: String?
    ) throws(TemplateFault) {
        guard system == nil, image == nil else {
            throw TemplateFault(reason: "this operation has neither a system message nor images")
        }
        try set(name, text: prompt ?? "{{\(name)}}")
    }

    private mutating func setInput(_ system: String?, _ prompt: String?, _ image: String?) throws(TemplateFault) {
        if let system { try set("instructions", text: system) }
        guard let image else { return try set("input", text: prompt ?? "{{input}}") }
        var input = Template()
        input.append(#"[{"role":"user","content":[{"type":"input_text","text":"#)
        try input.append(string: prompt ?? "{{input}}")
        input.append("},")
        input.append(FilePart(kind: .image, path: try Template(plain: image, as: "a path")))
        input.append("]}]")
        set("input", to: input)
    }

    private mutating func setMessages(_ system: String?, _ prompt: String?, _ image: String?) throws(TemplateFault) {
        guard system != nil || prompt != nil || image != nil else { return }
        var messages = Template()
        messages.append("[")
        if let system {
            messages.append(#"{"role":"system","content":"#)
            try messages.append(string: system)
            messages.append("},")
        }
        messages.append(#"{"role":"user","content":"#)
        if let image {
            messages.append(#"[{"type":"text","text":"#)
            try messages.append(string: prompt ?? "{{prompt}}")
            messages.append("},")
            messages.append(FilePart(kind: .image, path: try Template(plain: image, as: "a path")))
            messages.append("]}]")
        } else {
            try messages.append(string: prompt ?? "{{prompt}}")
            messages.append("}]")
        }
        set("messages", to: messages)
    }

    package var isEmpty: Bool { fields.isEmpty }

    package var hasPlaceholders: Bool { fields.contains { $0.value.hasHoles } }

    /// Whether it takes in local files.
    package var hasFiles: Bool { fields.contains { $0.value.hasFiles } }

    package func contains(_ name: String) -> Bool {
        fields.contains { $0.name == name }
    }

    /// Replaces a field where it stands, or adds it at the end.
    package mutating func set(_ name: String, to value: Template) {
        let field = Field(name: name, value: value)
        if let index = fields.firstIndex(where: { $0.name == name }) {
            fields[index] = field
        } else {
            fields.append(field)
        }
    }

    /// Sets a field to a string, which may have placeholders.
    package mutating func set(_ name: String, text: String) throws(TemplateFault) {
        do {
            set(name, to: try Template(string: text))
        } catch {
            throw TemplateFault(reason: "\(name): \(error.reason)")
        }
    }

    /// Sets a field to JSON text, passed on as written.
    package mutating func set(_ name: String, json: String) throws(TemplateFault) {
        do {
            set(name, to: try Template(json: json))
        } catch {
            throw TemplateFault(reason: "\(name): \(error.reason)")
        }
    }
}
