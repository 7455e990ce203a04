import Testing

@testable import Sluice

/// One made-up run under a budget: rows, an endpoint that answers them or does not, and a program that dies now and then.
struct SpendingRun {
    private struct Flight {
        var claim: Claim
        var held: Budget.Reservation
        var bound: AttemptBound
    }

    private var chance: Chance
    private let limits: BudgetLimits
    private let price: Price
    private var keeper: BudgetKeeper
    private var queue: [Claim] = []
    private var flying: [Flight] = []
    /// What the endpoint has truly taken, which nobody else knows.
    private var taken = Expense.zero
    /// What the ledger knows, and survives the program.
    private var recorded = Expense.zero
    private var nextAttempt: Int64 = 0

    init(seed: UInt64) {
        var chance = Chance(state: seed &* 0x1234_5677)
        price = Price(
            input: Money(picoDollars: .random(in: 0...100_000_000_000, using: &chance)),
            output: Money(picoDollars: .random(in: 0...400_000_000_000, using: &chance)))
        let rows = Int.random(in: 1...24, using: &chance)
        queue = (0..<rows).map { row in
            let choices = Int.random(in: 1...3, using: &chance)
            let limit = Int.random(in: 1...300, using: &chance)
            let text = String(repeating: "x", count: .random(in: 0...200, using: &chance))
            return Claim(
                requestID: Int64(row), attemptID: 0, customID: "r\(row)", url: "/v1/chat/completions",
                body: Array(#"{"n":\#(choices),"max_tokens":\#(limit),"p":"\#(text)"}"#.utf8), attempts: 0,
                throttles: 0,
                promptEstimate: 1, outputLimit: limit * choices)
        }
        // Enough for a few rows, or for all.
        let mean = AttemptBound(queue[0], price: Pricing(price))
        let factor = Int64.random(in: 1...20, using: &chance)
        var limits = BudgetLimits()
        if Bool.random(using: &chance) {
            limits.money = Money(picoDollars: max((mean.cost?.picoDollars ?? 1) * factor / 2, 1))
        }
        if limits.money == nil || Bool.random(using: &chance) {
            limits.tokens = max((mean.tokens ?? 1) * Int(factor) / 2, 1)
        }
        self.limits = limits
        self.chance = chance
        keeper = BudgetKeeper(Budget(limits, spent: .zero), tariffs: [Tariff(Pricing(price))])
    }

    /// Plays it to its end, and says what that was.
    mutating func play() -> String {
        for _ in 0..<10_000 {
            if queue.isEmpty, flying.isEmpty { return "complete" }
            if Int.random(in: 0..<40, using: &chance) == 0 { die() }
            let landsFirst = !flying.isEmpty && Int.random(in: 0..<3, using: &chance) == 0
            if queue.isEmpty || landsFirst {
                land()
            } else if let end = admit() {
                return end
            }
            guard check() else { return "passed" }
        }
        Issue.record("the run does not end")
        return "endless"
    }

    private mutating func admit() -> String? {
        var claim = queue[0]
        nextAttempt += 1
        claim.attemptID = nextAttempt
        switch keeper.decide(claim) {
        case .admit:
            queue.removeFirst()
            flying.append(
                Flight(claim: claim, held: keeper.admit(claim), bound: AttemptBound(claim, price: Pricing(price))))
        case .wait:
            #expect(!flying.isEmpty, "it waits for nothing")
            if flying.isEmpty { return "stuck" }
            land()
        case .stop(let stop):
            #expect(flying.isEmpty, "what flies may free its rest")
            return stop == .spent(.money) ? "money" : stop == .spent(.tokens) ? "tokens" : "other"
        }
        return nil
    }

    /// One of those in flight comes to something.
    private mutating func land() {
        let flight = flying.remove(at: .random(in: 0..<flying.count, using: &chance))
        var claim = flight.claim
        let record: AttemptRecord
        switch Int.random(in: 0..<10, using: &chance) {
        case 0..<5: record = answer(flight, isTold: true)
        case 5: record = answer(flight, isTold: false)
        case 6:
            // Cut at its limit, and asked for again with a larger one.
            record = answer(flight, isTold: true)
            if claim.attempts < 4 {
                let limit = claim.amendment?.outputLimit ?? (RequestAmendment.outputLimit(of: claim.body)?.value ?? 1)
                claim.amendment = Amendment(outputLimit: limit * 2, turns: Array(#"{"a":1}"#.utf8))
                claim.attempts += 1
                queue.append(claim)
            }
        case 7:
            // Away for ever, and perhaps billed.
            record = lost(flight)
            again(claim)
        case 8:
            record = Self.record(flight, status: 500)
            again(claim)
        default:
            var unsent = Self.record(flight, status: nil)
            unsent.markUnsent()
            record = unsent
            queue.append(claim)
        }
        let expense = record.expense
        recorded += Expense(cost: expense.cost ?? .zero, tokens: expense.tokens ?? 0)
        keeper.settle(flight.held, record)
    }

    private mutating func again(_ claim: Claim) {
        guard claim.attempts < 4 else { return }
        var claim = claim
        claim.attempts += 1
        queue.append(claim)
    }

    private mutating func answer(_ flight: Flight, isTold: Bool) -> AttemptRecord {
        let usage = take(flight)
        var record = Self.record(flight, status: 200)
        if isTold {
            record.usage = usage
            record.cost = price.cost(of: usage)
        } else {
            (record.tokensAtMost, record.costAtMost) = (flight.bound.tokens, flight.bound.cost)
        }
        return record
    }

    private mutating func lost(_ flight: Flight) -> AttemptRecord {
        if Bool.random(using: &chance) { _ = take(flight) }
        var record = Self.record(flight, status: nil)
        record.possiblyBilled = true
        (record.tokensAtMost, record.costAtMost) = (flight.bound.tokens, flight.bound.cost)
        return record
    }

    /// The endpoint works for it, within the bound.
    private mutating func take(_ flight: Flight) -> Usage {
        let isWorst = Int.random(in: 0..<4, using: &chance) == 0
        let (mostOutput, mostPrompt) = (flight.bound.outputTokens ?? 0, flight.bound.promptTokens)
        let completion = isWorst ? mostOutput : Int.random(in: 0...mostOutput, using: &chance)
        let prompt = isWorst ? mostPrompt : Int.random(in: 0...mostPrompt, using: &chance)
        let usage = Usage(promptTokens: prompt, completionTokens: completion, totalTokens: prompt + completion)
        taken += Expense(cost: price.cost(of: usage) ?? .zero, tokens: prompt + completion)
        return usage
    }

    private static func record(_ flight: Flight, status: Int?) -> AttemptRecord {
        var record = AttemptRecord(
            claim: flight.claim, sentAt: Timestamp(milliseconds: 1), endedAt: Timestamp(milliseconds: 2),
            ending: .retried,
            disposition: .released)
        record.status = status
        return record
    }

    /// The program dies: whatever was in flight may have been billed, and is sent again.
    private mutating func die() {
        for flight in flying {
            if Bool.random(using: &chance) { _ = take(flight) }
            recorded += Expense(cost: flight.bound.cost ?? .zero, tokens: flight.bound.tokens ?? 0)
            queue.append(flight.claim)
        }
        flying = []
        keeper = BudgetKeeper(Budget(limits, spent: recorded), tariffs: [Tariff(Pricing(price))])
    }

    private func check() -> Bool {
        let budget = keeper.budget
        let held = budget.spent + budget.reserved
        let isKept =
            [taken.cost, limits.money == nil ? .zero : held.cost].allSatisfy { $0 <= limits.money ?? $0 }
            && [taken.tokens, limits.tokens == nil ? 0 : held.tokens].allSatisfy { $0 <= limits.tokens ?? $0 }
        #expect(isKept, "took \(taken), with \(held) counted, of \(limits)")
        return isKept
    }
}
