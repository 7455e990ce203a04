import Digest

/// What a plan was made from: the program and all of the job that shapes requests, and the input's bytes.
///
/// Where it is the same as that of the plan in force, reading the rows again would give that very plan: so it need not
/// be done. It says nothing of the attachments that rows name, whose files may change by themselves.
package struct PlanIdentity: Sendable, Equatable {
    /// SHA-256 of the program and of what the job makes of rows.
    package var recipe: SHA256Digest
    /// SHA-256 of the input as it lies on the disk.
    package var input: SHA256Digest
    /// Bytes of the input.
    package var bytes: Int
}

extension PlanIdentity {
    /// The identity that a plan of `job` would have now; nil where it differs from `known`, or nobody can tell.
    ///
    /// It reads the input once, at the speed of the disk or of SHA-256, without looking at its rows.
    static func current(of job: Job, ifLike known: PlanIdentity) throws -> PlanIdentity? {
        guard case .file(let path) = job.input, try recipe(of: job) == known.recipe,
            let input = try InputDigest.of(path: path, bytes: known.bytes), input == known.input
        else { return nil }
        return known
    }

    /// Nil where requests take in files, which may change by themselves, and where the program's own file cannot be told
    /// from another build's.
    static func recipe(of job: Job, program: ProgramFile? = .current) throws(DigestError) -> SHA256Digest? {
        guard let program, !job.request.hasFiles else { return nil }
        var text = RecipeText()
        text.add("program", "\(Version.text) \(program.bytes) \(program.changedAt)")
        text.add("input", job.input.displayName)
        text.add("format", job.inputFormat.rawValue)
        text.add("delimiter", job.delimiter.map { String($0) })
        text.add("id", job.customID)
        text.add("priority", job.priority)
        text.add("url", job.url)
        text.add("fields", String(job.request.fields.count))
        for field in job.request.fields { text.add(field.name, field.value) }
        text.add("streams", job.streams ? "asked for" : nil)
        text.add("usage", job.asksForUsage ? "asked for" : nil)
        // Which endpoint answers, and under which name it serves the model, is no part of what is asked: a result is known
        // by what was planned, before an endpoint's own renaming.
        // A row that is larger than the limit makes the plan invalid.
        text.add("most tokens", job.widestTokenLimit.map { "\($0.key) \($0.limit)" })
        text.add("columns", job.output.parts.contains(.input) ? "kept" : nil)
        return try SHA256Hasher.hash(text.bytes)
    }
}

/// Names and values one after the other, each with its length, so that no two lists of them read the same.
private struct RecipeText {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ name: String, _ value: String?) {
        append(Array(name.utf8))
        append(value.map { Array($0.utf8) })
    }

    mutating func add(_ name: String, _ template: Template?) {
        append(Array(name.utf8))
        guard let template else { return append(nil) }
        append(Array(String(template.pieces.count).utf8))
        for piece in template.pieces {
            switch piece {
            case .literal(let text): append(text)
            case .hole(let placeholder, let insertion):
                append(Array("hole \(insertion)".utf8))
                append(Array(placeholder.content.utf8))
            case .file: append(nil)
            }
        }
    }

    private mutating func append(_ part: [UInt8]?) {
        guard let part else { return bytes.append(contentsOf: "-".utf8) }
        bytes.append(contentsOf: "\(part.count):".utf8)
        bytes.append(contentsOf: part)
    }
}
