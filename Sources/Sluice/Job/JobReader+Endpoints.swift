extension JobReader {
    /// More are not an oversight, but no job either.
    static let maximumEndpoints = 64

    /// Sees to it that there is either `endpoint` or `endpoints`.
    func requireEndpoint(_ top: YAMLSection) {
        let isOne = top.node("endpoint") != nil
        guard top.node("endpoints") != nil else {
            return top.require("endpoint", "endpoint: {base_url: https://…}")
        }
        if isOne { top.report("endpoints", "cannot stand beside endpoint; keep one of them") }
    }

    /// - Parameter limits: the job's, which hold for what an endpoint's own do not state.
    /// - Returns: at least one, if only to go on reading.
    func endpoints(_ top: YAMLSection, _ limits: Limits) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        if let section = top.section("endpoint") {
            endpoints.append(endpoint(section))
            section.finish()
        }
        let sections = top.sections("endpoints", "a list of endpoints, each with its base_url")
        if sections.count > Self.maximumEndpoints {
            top.report("endpoints", "may have at most \(Self.maximumEndpoints) entries")
        }
        for section in sections.prefix(Self.maximumEndpoints) {
            endpoints.append(member(section, limits, after: endpoints))
        }
        // The only one needs no name; the ledger knows it by its URL, as it would without the list.
        if endpoints.count == 1 { endpoints[0].name = nil }
        return endpoints.isEmpty ? [Endpoint(baseURL: .placeholder)] : endpoints
    }

    /// One of several.
    private func member(_ section: YAMLSection, _ limits: Limits, after others: [Endpoint]) -> Endpoint {
        defer { section.finish() }
        let name = section.text("name")
        var endpoint = endpoint(section)
        endpoint.name = name ?? endpoint.baseURL.authority
        if let name, !Job.isValidName(name) {
            section.report("name", "may have letters, digits, '.', '_' and '-' only, and begins with a letter or digit")
        }
        if others.contains(where: { $0.name == endpoint.name }), endpoint.baseURL != .placeholder {
            // As two keys of one provider are.
            section.report(
                name == nil ? "base_url" : "name",
                "another endpoint is called '\(endpoint.name ?? "")'; give each a name of its own")
        }
        endpoint.weight = section.number("weight", in: Endpoint.weightRange) ?? endpoint.weight
        endpoint.models = models(section)
        endpoint.limits = section.section("limits").map { self.limits($0, over: limits) }
        endpoint.price = section.section("price").flatMap { price($0) }
        return endpoint
    }

    private func models(_ section: YAMLSection) -> ModelNames {
        let model = section.text("model")
        let pairs = section.fields("models")
        if model != nil && section.node("models") != nil {
            section.report("models", "cannot stand beside model; keep one of them")
        }
        if let model {
            if model.isEmpty { section.report("model", "must not be empty") }
            return .always(model)
        }
        for (field, mark) in pairs where field.value.isEmpty {
            reader.report(mark, "models: '\(ColumnNames.printable(field.name))' needs a name after it")
        }
        let names = Dictionary(pairs.map { ($0.field.name, $0.field.value) }) { first, _ in first }
        return names.isEmpty ? .asAsked : .each(names)
    }

    /// What can stand in `endpoint` and in each entry of `endpoints`.
    private func endpoint(_ section: YAMLSection) -> Endpoint {
        section.require("base_url", "base_url: https://…")
        var endpoint = Endpoint(baseURL: .placeholder)
        if let text = section.text("base_url") {
            do {
                endpoint.baseURL = try BaseURL(text)
            } catch {
                section.report("base_url", error.description)
            }
        }
        endpoint.key = key(section)
        endpoint.keyHeader = section.choice("key_header", Endpoint.KeyHeader.self) ?? endpoint.keyHeader
        endpoint.headers = section.fields("headers").compactMap { field, mark in
            guard let reason = HeaderRules.fault(of: field) else { return field }
            reader.report(mark, "headers: \(reason)")
            return nil
        }
        for (key, header) in [("organization", "OpenAI-Organization"), ("project", "OpenAI-Project")] {
            guard let value = section.text(key) else { continue }
            let field = Endpoint.Field(name: header, value: value)
            if let reason = HeaderRules.fault(of: field) { section.report(key, reason) }
            endpoint.headers.append(field)
        }
        endpoint.query = section.fields("query").map(\.field)
        endpoint.httpVersion = section.choice("http_version", Endpoint.HTTPVersion.self) ?? endpoint.httpVersion
        endpoint.usageRequest = section.choice("include_usage", Endpoint.UsageRequest.self) ?? endpoint.usageRequest
        endpoint.authorityFile = section.text("ca_file").map(resolved)
        endpoint.insecure = section.bool("insecure") ?? endpoint.insecure
        return endpoint
    }

    private func key(_ section: YAMLSection) -> KeySource? {
        let variable = section.text("key_env")
        let file = section.text("key_file")
        if variable != nil && file != nil {
            section.report("key_file", "cannot stand beside key_env; keep one of them")
        }
        guard let variable else { return file.map { .file(resolved($0)) } }
        guard HeaderRules.isVariableName(variable) else {
            // Not repeated: people paste the key itself here.
            section.report("key_env", "must be the name of an environment variable, not the key itself")
            return nil
        }
        return .environment(variable)
    }
}
