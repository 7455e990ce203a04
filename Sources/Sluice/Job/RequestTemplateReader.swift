import JSON
import Yams

/// Reads a job file's `request:` block into JSON with holes.
struct RequestTemplateReader {
    let reader: YAMLReader
    /// Off where braces are text.
    var takesPlaceholders = true

    func template(from node: Node) -> RequestTemplate {
        var template = RequestTemplate()
        guard case .mapping(let mapping) = node else {
            reader.report(node.mark, "request: must be a list of 'key: value' lines")
            return template
        }
        for (key, value) in mapping {
            guard reader.enter(key, depth: 1), let name = name(key) else { continue }
            var field = Template()
            append(value, to: &field, depth: 2, files: Self.fieldsWithFiles.contains(name) ? .inLists : .nowhere)
            template.set(name, to: field)
        }
        return template
    }

    /// A value as JSON without holes, whatever braces it has.
    func json(from node: Node) -> [UInt8] {
        var template = Template()
        RequestTemplateReader(reader: reader, takesPlaceholders: false).append(node, to: &template, depth: 1)
        guard case .literal(let bytes) = template.pieces.first else { return [] }
        return bytes
    }

    /// Fields of the API whose lists of content parts may take in local files.
    private static let fieldsWithFiles: Set = ["messages", "input"]

    /// What `image_file` and its like mean in a mapping: elsewhere they are keys as any other.
    enum FilePlace {
        case nowhere
        /// Only in the mappings of a list further inside.
        case inLists
        /// Here.
        case here
    }

    func append(_ node: Node, to template: inout Template, depth: Int, files: FilePlace = .nowhere) {
        guard reader.enter(node, depth: depth) else { return }
        switch node {
        case .scalar(let scalar):
            append(scalar, to: &template)
        case .sequence(let sequence):
            checkTag(sequence.tag, ["seq"], node)
            template.append("[")
            for (index, element) in sequence.enumerated() {
                if index > 0 { template.append(",") }
                append(element, to: &template, depth: depth + 1, files: files == .nowhere ? .nowhere : .here)
            }
            template.append("]")
        case .mapping(let mapping):
            if YAMLSection.looksLikePlaceholder(node) {
                return reader.report(node.mark, YAMLSection.quotePlaceholder)
            }
            checkTag(mapping.tag, ["map"], node)
            if let kind = kindOfFile(mapping, files) { return append(mapping, kind, to: &template, depth: depth) }
            template.append("{")
            var isFirst = true
            for (key, value) in mapping {
                guard reader.enter(key, depth: depth), let name = name(key) else { continue }
                if !isFirst { template.append(",") }
                isFirst = false
                var bytes: [UInt8] = []
                JSONText.appendString(name, to: &bytes)
                template.append(bytes + [UInt8(ascii: ":")])
                append(value, to: &template, depth: depth + 1, files: files == .nowhere ? .nowhere : .inLists)
            }
            template.append("}")
        case .alias(let alias):
            reader.report(alias.mark, "this alias stands for nothing")
        }
    }

    private func append(_ scalar: Node.Scalar, to template: inout Template) {
        do {
            switch try YAMLScalar(scalar) {
            case .null: template.append("null")
            case .bool(let value): template.append(value ? "true" : "false")
            case .number(let text): template.append(text.utf8)
            case .string(let text) where takesPlaceholders: try template.append(string: text)
            case .string(let text):
                var bytes: [UInt8] = []
                JSONText.appendString(text, to: &bytes)
                template.append(bytes)
            }
        } catch let fault as YAMLScalar.Fault {
            reader.report(scalar.mark, fault.reason)
        } catch let fault as TemplateFault {
            reader.report(scalar.mark, fault.reason)
        } catch {
            reader.report(scalar.mark, "cannot be read")
        }
    }

    func name(_ key: Node) -> String? {
        guard case .scalar(let scalar) = key else {
            reader.report(
                key.mark, YAMLSection.looksLikePlaceholder(key) ? YAMLSection.quotePlaceholder : "a key must be text")
            return nil
        }
        if scalar.style == .plain && scalar.string == "<<" {
            reader.report(scalar.mark, "'<<' is no key of YAML 1.2; write the fields out")
            return nil
        }
        if takesPlaceholders && scalar.string.contains("{{") {
            reader.report(scalar.mark, "a key cannot have a placeholder")
            return nil
        }
        return scalar.string
    }

    private func checkTag(_ tag: Tag, _ allowed: [String], _ node: Node) {
        let name = tag.rawValue
        if name != "" && name != "!" && !allowed.contains(where: { name == "tag:yaml.org,2002:" + $0 }) {
            reader.report(node.mark, "this tag has no meaning in JSON; remove it")
        }
    }
}
