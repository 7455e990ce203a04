import Yams

/// Reads the sections of a job file into values. Problems go to the reader; a result counts only when there are none.
struct JobReader {
    let reader: YAMLReader
    /// The job file's own path.
    let path: String

    func job(from root: Node?) -> Job? {
        guard let root, let top = YAMLSection(root, name: "", reader: reader) else {
            if reader.problems.isEmpty { reader.report(nil, "the file is empty") }
            return nil
        }
        let name = self.name(top)
        let input = self.input(top)
        requireEndpoint(top)
        var job = Job(
            name: name, input: input.source ?? .standardInput, endpoint: Endpoint(baseURL: .placeholder))
        job.inputFormat = input.format
        job.delimiter = input.delimiter
        job.customID = template(top, "id")
        job.priority = template(top, "priority")
        if let url = url(top) { job.url = url }
        if let node = top.node("request") { job.request = RequestTemplateReader(reader: reader).template(from: node) }
        job.attachments = attachments(top.section("attachments"), job.input)
        if let section = top.section("limits") { job.limits = limits(section, over: job.limits) }
        if let section = top.section("retry") { job.retry = retry(section) }
        if let section = top.section("timeouts") { job.timeouts = timeouts(section) }
        if let section = top.section("price") { job.price = price(section) }
        if let section = top.section("output") { job.output = output(section) }
        if let node = top.node("expect") {
            job.expectation = ExpectationReader(reader: reader, resolve: resolved).expectation(from: node)
        }
        if let node = top.node("on_truncation") {
            job.onTruncation = TruncationPolicyReader(reader: reader).policy(from: node) ?? job.onTruncation
        }
        job.reuse = top.choice("reuse", Reuse.self) ?? job.reuse
        job.finishBy = finishBy(top)
        // Last, as they take the job's limits for what they do not state.
        job.endpoints = endpoints(top, job.limits)
        top.finish()
        return job
    }

    /// A path of the file as seen from the working folder.
    func resolved(_ written: String) -> String {
        guard !written.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return written }
        var folder = path[..<slash]
        var written = written[...]
        // `jobs/x.yaml` and `../out` give `out`: what people read in messages should look like what they would type.
        while written.hasPrefix("../"), let last = folder.split(separator: "/").last, last != "..", last != "." {
            written = written.dropFirst(3)
            guard let parent = folder.lastIndex(of: "/") else { return String(written) }
            folder = folder[..<parent]
        }
        return "\(folder)/\(written)"
    }

    private func name(_ top: YAMLSection) -> String {
        guard let name = top.text("name") else { return Job.name(fromPath: path) }
        if !Job.isValidName(name) {
            top.report(
                "name",
                "may have letters, digits, '.', '_' and '-' only, begins with a letter or digit, and is "
                    + "at most \(Job.maximumNameLength) long")
        }
        return name
    }

    private func input(_ top: YAMLSection) -> (source: InputSource?, format: InputFormat, delimiter: UInt8?) {
        top.require("input", "input: prompts.jsonl")
        guard let node = top.node("input") else { return (nil, .automatic, nil) }
        guard case .mapping = node else {
            return (source(top.text("input")), .automatic, nil)
        }
        guard let section = top.section("input") else { return (nil, .automatic, nil) }
        defer { section.finish() }
        section.require("path", "path: prompts.jsonl")
        let format = section.choice("format", InputFormat.self)
        return (source(section.text("path")), format ?? .automatic, delimiter(section))
    }

    private func source(_ written: String?) -> InputSource? {
        written.map { $0 == "-" ? .standardInput : .file(path: resolved($0)) }
    }

    private func delimiter(_ section: YAMLSection) -> UInt8? {
        guard let text = section.text("delimiter") else { return nil }
        if text == "tab" { return UInt8(ascii: "\t") }
        guard text.utf8.count == 1, let byte = text.utf8.first, !"\"\r\n".utf8.contains(byte), byte != 0 else {
            section.report("delimiter", "must be one ASCII character other than a quote or line end, or the word tab")
            return nil
        }
        return byte
    }

    private func template(_ top: YAMLSection, _ key: String) -> Template? {
        guard let text = top.text(key) else { return nil }
        do {
            return try Template(plain: text)
        } catch {
            top.report(key, error.reason)
            return nil
        }
    }

    private func finishBy(_ top: YAMLSection) -> FinishBy? {
        guard let text = top.text("finish_by") else { return nil }
        let moment = FinishBy(text)
        if moment == nil {
            top.report("finish_by", "must be a length of time, a time of day or a moment: \(FinishBy.forms)")
        }
        return moment
    }

    private func url(_ top: YAMLSection) -> String? {
        guard let url = top.text("url") else { return nil }
        guard Job.isValidPath(url) else {
            top.report("url", "must be a path such as /v1/chat/completions; the server stands in endpoint.base_url")
            return nil
        }
        return url
    }

    private func attachments(_ section: YAMLSection?, _ input: InputSource) -> AttachmentSettings {
        var attachments = AttachmentSettings()
        if input == .standardInput { attachments.folder = Job.folder(of: path) }
        guard let section else { return attachments }
        defer { section.finish() }
        attachments.folder = section.text("folder").map(resolved) ?? attachments.folder
        attachments.maximum = section.byteCount("maximum") ?? attachments.maximum
        return attachments
    }

    /// - Parameter base: holds for what the section does not state.
    func limits(_ section: YAMLSection, over base: Limits) -> Limits {
        defer { section.finish() }
        var limits = base
        if section.isText("concurrency", "auto") {
            limits.concurrency = .unstated
        } else if let number = section.integer("concurrency", in: Concurrency.range) {
            limits.concurrency = .fixed(number)
        }
        func limit(_ key: String, _ path: WritableKeyPath<Limits, Int?>) {
            limits[keyPath: path] = section.integer(key, in: 1...Int.max) ?? limits[keyPath: path]
        }
        limit("requests_per_minute", \.requestsPerMinute)
        limit("requests_per_day", \.requestsPerDay)
        limit("tokens_per_minute", \.tokensPerMinute)
        limit("tokens_per_day", \.tokensPerDay)
        limit("input_tokens_per_minute", \.inputTokensPerMinute)
        limit("output_tokens_per_minute", \.outputTokensPerMinute)
        for key in ["budget_usd", "budget_tokens"] where section.node(key) != nil {
            // Taken and not kept, a budget would be worse than none.
            section.report(key, "budgets are not available yet; remove the line")
        }
        limits.maximumAnswer = section.byteCount("maximum_answer") ?? limits.maximumAnswer
        return limits
    }

    private func retry(_ section: YAMLSection) -> RetrySettings {
        defer { section.finish() }
        var retry = RetrySettings()
        retry.attempts = section.integer("attempts", in: RetrySettings.attemptsRange) ?? retry.attempts
        retry.base = section.duration("base") ?? retry.base
        retry.cap = section.duration("cap") ?? max(retry.cap, retry.base)
        if retry.cap < retry.base { section.report("cap", "must not be shorter than base") }
        return retry
    }

    private func timeouts(_ section: YAMLSection) -> Timeouts {
        defer { section.finish() }
        var timeouts = Timeouts()
        timeouts.connect = section.duration("connect") ?? timeouts.connect
        timeouts.firstByte = section.duration("first_byte") ?? timeouts.firstByte
        timeouts.idle = section.duration("idle") ?? timeouts.idle
        timeouts.stall = section.duration("stall") ?? timeouts.stall
        timeouts.total = section.duration("total") ?? timeouts.total
        timeouts.unreachable = section.duration("unreachable") ?? timeouts.unreachable
        return timeouts
    }

    private func output(_ section: YAMLSection) -> OutputSettings {
        defer { section.finish() }
        var output = OutputSettings()
        output.results = section.text("results").map { $0 == "-" ? $0 : resolved($0) }
        output.format = section.choice("format", OutputSettings.Format.self) ?? output.format
        output.errors = section.text("errors").map(resolved)
        output.parts = Set(section.choices("with", OutputSettings.Part.self) ?? [])
        return output
    }
}
