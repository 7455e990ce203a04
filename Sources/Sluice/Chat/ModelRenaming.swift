import JSON

/// The model of a request, asked for under another name: one member's value is put in its place, and all else travels as it
/// was written.
package enum ModelRenaming {
    /// The change that an endpoint's own names make to a body; nil where it is sent as it is.
    ///
    /// A body without a model, as of an endpoint whose path says which one answers, stays without one.
    package static func splice(
        for body: [UInt8], to names: ModelNames, parser: JSONParser = JSONParser()
    ) -> (splice: BodySplice, name: String)? {
        if names == .asAsked { return nil }
        guard let member = (try? parser.parse(body))?["model"], let asked = member.string,
            let name = names.replacement(for: asked)
        else { return nil }
        var replacement: [UInt8] = []
        JSONText.appendString(name, to: &replacement)
        return (BodySplice(range: member.range, replacement: replacement), name)
    }
}
