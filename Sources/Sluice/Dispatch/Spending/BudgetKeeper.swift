import JSON

/// A run's budget beside the requests that it is asked about; confined to the dispatcher that owns it.
struct BudgetKeeper {
    enum Decision {
        case admit
        /// Something in flight has to land first.
        case wait
        case stop(BudgetStop)
    }

    private(set) var budget: Budget
    /// Of each endpoint that a request may go to.
    private let tariffs: [Tariff]
    private let parser = JSONParser()
    /// What is known of the request that is asked about again and again.
    private var head: (attempt: Int64, bound: AttemptBound)?

    init(_ budget: Budget, tariffs: [Tariff]) {
        self.budget = budget
        self.tariffs = tariffs
    }

    mutating func decide(_ claim: Claim) -> Decision {
        let bound = bound(of: claim)
        return switch budget.decide(bound) {
        case .admit: .admit
        case .wait: .wait
        case .spent(let kind): .stop(.spent(kind))
        case .unbounded: .stop(.unbounded(customID: claim.customID, bound.gap ?? .noLimit))
        case .unpriced:
            .stop(.unpriced(customID: claim.customID, model: Pricing.model(askedIn: claim.body)))
        }
    }

    mutating func admit(_ claim: Claim) -> Budget.Reservation { budget.admit(bound(of: claim)) }

    /// - Parameter record: durable, or never going to be.
    mutating func settle(_ reservation: Budget.Reservation, _ record: AttemptRecord) {
        let expense = record.expense
        budget.settle(reservation, cost: expense.cost, tokens: expense.tokens)
    }

    /// How many requests are worth holding ready, going by the one that was asked about last; before the first, one.
    var room: Int { head.map { budget.room(for: $0.bound) } ?? 1 }

    private mutating func bound(of claim: Claim) -> AttemptBound {
        if let head, head.attempt == claim.attemptID { return head.bound }
        let bound = AttemptBound(claim, dearestOf: tariffs, parser: parser)
        head = (claim.attemptID, bound)
        return bound
    }
}

extension AttemptRecord {
    /// What the attempt took; nil where nobody knows, nor what it took at most.
    var expense: (cost: Money?, tokens: Int?) {
        guard mayHaveCost else { return (cost ?? .zero, usage?.totalTokens ?? 0) }
        return (cost ?? costAtMost, usage?.totalTokens ?? tokensAtMost)
    }
}
