import JSON

/// Looks at each row that is to be sent whether a budget can be kept with it: it needs a limit to its answer, for dollars
/// a price, and must fit by itself.
package struct BudgetCheck {
    private struct Fault {
        var line: Int
        var reason: String
        /// Rows of which the same is to be said, the first included.
        var rows = 1
    }

    private enum Kind: CaseIterable {
        case unbounded, drawsInMore, unpriced, tooLarge
    }

    private let budget: BudgetLimits
    private let tariffs: [Tariff]
    private let parser = JSONParser()
    private var faults: [Kind: Fault] = [:]

    /// - Parameter tariffs: of each endpoint that a row may go to.
    package init(_ budget: BudgetLimits, tariffs: [Tariff]) {
        self.budget = budget
        self.tariffs = tariffs
    }

    package mutating func add(_ request: PlannedRequest) {
        guard !budget.isEmpty else { return }
        let bound = AttemptBound(request, dearestOf: tariffs, parser: parser)
        switch Budget(budget, spent: .zero).decide(bound) {
        case .admit, .wait: break
        case .unbounded:
            note(bound.gap == .drawsInMore ? .drawsInMore : .unbounded, request, "")
        case .unpriced: note(.unpriced, request, "\(Self.name(request.model)) has no price")
        case .spent(.money):
            note(.tooLarge, request, "may cost $\(bound.cost?.short ?? "") by itself, more than \(budget) allows")
        case .spent(.tokens):
            note(
                .tooLarge, request,
                "may take \(RunReport.grouped(bound.tokens ?? 0)) tokens by itself, more than \(budget) allows")
        }
    }

    private mutating func note(_ kind: Kind, _ request: PlannedRequest, _ reason: String) {
        if faults[kind] == nil {
            faults[kind] = Fault(line: request.line, reason: reason)
        } else {
            faults[kind]?.rows += 1
        }
    }

    /// One problem of a kind, placed at the first row that has it.
    package func problems(file: String) -> [PlanProblem] {
        Kind.allCases.compactMap { kind in
            faults[kind].map { fault in
                PlanProblem(file: file, line: fault.line, column: nil, reason: Self.words(fault, kind, budget))
            }
        }
    }

    private static func words(_ fault: Fault, _ kind: Kind, _ budget: BudgetLimits) -> String {
        let others = fault.rows - 1
        let more =
            others == 0 ? "" : " (and \(others == 1 ? "1 row" : "\(RunReport.grouped(others)) rows") after it likewise)"
        switch kind {
        case .unbounded: return words(.noLimit, more)
        case .drawsInMore: return words(.drawsInMore, more)
        case .unpriced: return "\(fault.reason)\(more): \(priceAdvice)"
        case .tooLarge: return "\(fault.reason)\(more): raise the budget, or lower the limit of the answer"
        }
    }

    /// - Parameter more: that other rows are of the same kind.
    static func words(_ gap: AttemptBound.Gap, _ more: String = "") -> String {
        switch gap {
        case .noLimit:
            "sets no limit to its answer\(more), without which no budget can be kept: give max_completion_tokens (for "
                + "older endpoints max_tokens), or a price file that says max_output_tokens"
        case .drawsInMore:
            "draws in more than it sends\(more), so that no budget can be kept: an earlier answer, a file by its id or "
                + "address, or what the provider's own tools find"
        }
    }

    static let priceAdvice = "state `price`, or use budget_tokens in place of budget_usd"

    static func name(_ model: String?) -> String { model.map { ColumnNames.printable($0) } ?? "a row without a model" }
}
