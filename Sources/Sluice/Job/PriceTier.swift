/// How soon an answer is promised, which price files price apart.
package enum PriceTier: String, Sendable, CaseIterable {
    case standard, batch, flex, priority, ultrafast, balanced

    /// What a price file ends its keys with.
    var keySuffix: StaticString {
        switch self {
        case .standard: ""
        case .batch: "_batches"
        case .flex: "_flex"
        case .priority: "_priority"
        case .ultrafast: "_ultrafast"
        case .balanced: "_balanced"
        }
    }

    /// By the word of an answer's `service_tier`; nil for words that promise nothing that files price, such as `auto`.
    init?(reported word: String) {
        switch word.lowercased() {
        case "default", "standard", "on_demand": self = .standard
        case "batch": self = .batch
        case "flex": self = .flex
        case "priority", "fast": self = .priority
        case "ultrafast": self = .ultrafast
        case "balanced": self = .balanced
        default: return nil
        }
    }

    /// The tier that an answer is charged by: the one it reports, else the one the job states.
    ///
    /// A batch's answers say `default`, so that word does not overrule a job that states `batch`.
    init(reported word: String?, stated: PriceTier?) {
        guard let reported = word.flatMap(PriceTier.init(reported:)) else {
            self = stated ?? .standard
            return
        }
        self = reported == .standard && stated == .batch ? .batch : reported
    }
}
