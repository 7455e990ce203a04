import JSON
import Yams

/// Content parts that take in local files: `{image_file: "photos/{{file}}", detail: low}`.
extension RequestTemplateReader {
    /// The kind of part that a mapping is, by the first key that says so; nil where it is any other mapping.
    func kindOfFile(_ mapping: Node.Mapping, _ place: FilePlace) -> FilePart.Kind? {
        guard place != .nowhere else { return nil }
        for (key, _) in mapping {
            guard case .scalar(let scalar) = key, let kind = FilePart.Kind(rawValue: scalar.string) else { continue }
            if place == .here { return kind }
            reader.report(
                key.mark, "\(kind.rawValue): is a part of a list, as in content: [{\(kind.rawValue): PATH}]")
            return nil
        }
        return nil
    }

    func append(_ mapping: Node.Mapping, _ kind: FilePart.Kind, to template: inout Template, depth: Int) {
        var part = FilePart(kind: kind, path: Template())
        for (key, value) in mapping {
            guard reader.enter(key, depth: depth), let name = name(key) else { continue }
            switch name {
            case kind.rawValue:
                guard reader.enter(value, depth: depth + 1), let path = path(value, kind) else { continue }
                part.path = path
            case "type":
                guard case .scalar(let scalar) = value, scalar.string == kind.rawValue else {
                    reader.report(
                        value.mark, "type: must be \(kind.rawValue) here, or be left out: what is sent follows from it")
                    continue
                }
            case "detail" where kind == .image:
                var detail = Template()
                append(value, to: &detail, depth: depth + 1)
                part.detail = detail
            case let name where FilePart.Kind.furtherMembers.contains(name):
                var bytes = [UInt8(ascii: ",")]
                JSONText.appendString(name, to: &bytes)
                part.further.append(bytes + [UInt8(ascii: ":")])
                append(value, to: &part.further, depth: depth + 1)
            default:
                reportUnknown(name, kind, key.mark)
            }
        }
        template.append(part)
    }

    private func path(_ node: Node, _ kind: FilePart.Kind) -> Template? {
        let reason = "\(kind.rawValue): must be a path, as text"
        guard case .scalar(let scalar) = node else {
            reader.report(node.mark, YAMLSection.looksLikePlaceholder(node) ? YAMLSection.quotePlaceholder : reason)
            return nil
        }
        do {
            guard case .string(let text) = try YAMLScalar(scalar), !text.isEmpty else {
                reader.report(scalar.mark, reason)
                return nil
            }
            return try Template(plain: text, as: "a path")
        } catch let fault as TemplateFault {
            reader.report(scalar.mark, fault.reason)
        } catch {
            reader.report(scalar.mark, reason)
        }
        return nil
    }

    private func reportUnknown(_ name: String, _ kind: FilePart.Kind, _ mark: Mark?) {
        var reason = "unknown key '\(ColumnNames.printable(name))' beside \(kind.rawValue)"
        if FilePart.Kind(rawValue: name) != nil {
            reason = "\(name): cannot stand beside \(kind.rawValue); make it a part of its own"
        } else if let near = NearestName.nearest(to: name, among: kind.keys) {
            reason += "; did you mean '\(near)'?"
        } else {
            reason += "; the keys are \(kind.keys.joined(separator: ", "))"
        }
        reader.report(mark, reason)
    }
}
