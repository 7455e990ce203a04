/// Keeps what a run spends within its budget: the worst case of a request is reserved before it leaves, and settled by
/// what it took when its record is durable.
///
/// `spent + reserved` never passes the budget, as long as no attempt takes more than its bound. A pure value: whoever
/// sends asks it, and tells it of every request exactly once.
package struct Budget: Sendable, Equatable {
    package enum Decision: Sendable, Equatable {
        case admit
        /// Not before something in flight has landed, which may take less than is reserved for it.
        case wait
        /// Nothing is in flight, and the request might pass what is left: no waiting helps.
        case spent(Kind)
        /// No figure says what the request takes at most.
        case unbounded
        /// Its tokens have no price.
        case unpriced
    }

    package enum Kind: Sendable, Equatable {
        case money, tokens
    }

    /// What a request holds of the budget while it is in flight.
    package struct Reservation: Sendable, Equatable {
        let worst: Expense
    }

    package let limits: BudgetLimits
    /// By attempts that have ended; where nobody knows what one took, its bound.
    private(set) package var spent: Expense
    /// By those in flight, at their worst.
    private(set) package var reserved = Expense.zero
    private(set) package var inFlight = 0

    /// - Parameter spent: in the sittings before.
    package init(_ limits: BudgetLimits, spent: Expense) {
        self.limits = limits
        self.spent = spent
    }

    package func decide(_ bound: AttemptBound) -> Decision {
        guard bound.tokens != nil else { return .unbounded }
        if limits.money != nil, bound.cost == nil { return .unpriced }
        let total = spent + reserved + worst(bound)
        // The largest number may stand for any larger sum.
        if let money = limits.money, total.cost > money || total.cost.picoDollars == .max {
            return inFlight > 0 ? .wait : .spent(.money)
        }
        if let tokens = limits.tokens, total.tokens > tokens || total.tokens == .max {
            return inFlight > 0 ? .wait : .spent(.tokens)
        }
        return .admit
    }

    /// The request leaves; the decision was to admit it.
    package mutating func admit(_ bound: AttemptBound) -> Reservation {
        let reservation = Reservation(worst: worst(bound))
        reserved += reservation.worst
        inFlight += 1
        return reservation
    }

    /// What the request took is known and durable. Once for each reservation, on every path.
    ///
    /// - Parameters:
    ///   - cost: nil where nobody knows: it then counts as all that was reserved.
    ///   - tokens: likewise.
    package mutating func settle(_ reservation: Reservation, cost: Money?, tokens: Int?) {
        precondition(inFlight > 0, "a reservation was settled twice")
        inFlight -= 1
        reserved = reserved - reservation.worst
        spent += Expense(cost: cost ?? reservation.worst.cost, tokens: tokens ?? reservation.worst.tokens)
    }

    /// How many requests of that size could leave beside those in flight, one more than fit: so many are worth holding
    /// ready.
    package func room(for bound: AttemptBound) -> Int {
        let (used, worst) = (spent + reserved, worst(bound))
        var most = Int(Int32.max)
        if let money = limits.money, worst.cost > .zero {
            let left = money.picoDollars.subtractingReportingOverflow(used.cost.picoDollars).partialValue
            most = min(most, Int(max(left, 0) / worst.cost.picoDollars))
        }
        if let tokens = limits.tokens, worst.tokens > 0 {
            most = min(most, max(tokens - min(used.tokens, tokens), 0) / worst.tokens)
        }
        return most + 1
    }

    /// Of what has no limit nothing is reserved, so that no sum of reservations reaches the largest number.
    private func worst(_ bound: AttemptBound) -> Expense {
        Expense(
            cost: limits.money == nil ? .zero : bound.cost ?? .zero,
            tokens: limits.tokens == nil ? 0 : bound.tokens ?? 0)
    }
}
