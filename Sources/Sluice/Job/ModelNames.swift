/// Under which names an endpoint serves the models that requests ask for.
package enum ModelNames: Sendable, Equatable {
    /// As the requests have them.
    case asAsked
    /// Whatever is asked for, this one is sent.
    case always(String)
    /// Other names for some; the rest as they are asked for.
    case each([String: String])

    /// The name to send in place of the one asked for; nil where that is sent as it is.
    package func replacement(for asked: String) -> String? {
        let name: String? =
            switch self {
            case .asAsked: nil
            case .always(let name): name
            case .each(let names): names[asked]
            }
        return name == asked ? nil : name
    }
}
