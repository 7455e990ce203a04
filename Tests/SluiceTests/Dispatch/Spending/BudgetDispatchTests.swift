import Testing

@testable import Sluice

/// A sitting under a budget.
@Suite struct BudgetDispatchTests {
    /// An answer that does not say what it took.
    private static let untold = ScriptedTransport.Reply.json(
        200, #"{"choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}]}"#)

    private static func scene(rows: Int, tokens: Int, limit: Int? = 100) throws -> Scene {
        let scene = try Scene(rows: rows, limit: limit)
        try scene.setBudget(BudgetLimits(tokens: tokens))
        return scene
    }

    /// Of a request here: its body's bytes, and 100 tokens of answer.
    private static func worst(_ scene: Scene) throws -> Int {
        100 + Int(try #require(try scene.count("SELECT max(length(body)) FROM requests")))
    }

    @Test func whatAnswersLeaveUnusedGoesToFurtherRows() async throws {
        let scene = try Self.scene(rows: 40, tokens: 500)
        #expect(try await scene.run { _, _ in .answer("hi") } == .complete)
        let report = try scene.report()
        #expect(report.isAllOK)
        #expect(report.totals.totalTokens == 120)
        // No more at once than fit at their worst.
        #expect(scene.transport.mostAtOnce == 500 / (try Self.worst(scene)))
    }

    @Test func theRunStopsBeforeTheRequestThatMightPassIt() async throws {
        let scene = try Self.scene(rows: 20, tokens: 1_000)
        let end = try await scene.run { _, _ in Self.untold }
        #expect(end == .budget(.spent(.tokens)))
        let worst = try Self.worst(scene)
        let report = try scene.report()
        #expect(report.totals.settled == 1_000 / worst)
        #expect(report.state == "stopped: budget")
        #expect(report.inFlight == 0)
        #expect(report.totals.possible.tokens <= 1_000)
        #expect(report.totals.possible.tokens + worst > 1_000)
        // What was claimed and not sent is as it was.
        #expect(try scene.count("SELECT count(*) FROM states WHERE attempts > 0") == Int64(report.totals.settled))
        #expect(scene.transport.requests == report.totals.settled)
    }

    @Test func aRaisedBudgetGoesOnFromWhatWasSpent() async throws {
        let scene = try Self.scene(rows: 20, tokens: 1_000)
        _ = try await scene.run { _, _ in Self.untold }
        let before = try scene.report().totals.settled
        // As it is, nothing more leaves.
        try scene.setBudget(BudgetLimits(tokens: 1_000))
        #expect(try await scene.run { _, _ in Self.untold } == .budget(.spent(.tokens)))
        #expect(try scene.report().totals.settled == before)
        try scene.setBudget(BudgetLimits(tokens: 2_000))
        #expect(try await scene.run { _, _ in Self.untold } == .budget(.spent(.tokens)))
        let report = try scene.report()
        #expect(report.totals.settled == 2_000 / (try Self.worst(scene)))
        try scene.setBudget(BudgetLimits(tokens: 20_000))
        #expect(try await scene.run { _, _ in Self.untold } == .complete)
    }

    /// What was given up may have been billed: it stays counted at its worst.
    @Test func whatMayHaveBeenBilledStaysSpent() async throws {
        let scene = try Self.scene(rows: 20, tokens: 1_000)
        #expect(try await scene.run(stopAfter: 3) { _, _ in .never } == .interrupted)
        let billed = try scene.report().totals.possiblyBilled
        #expect(billed >= 3)
        try scene.setBudget(BudgetLimits(tokens: 1_000))
        #expect(try await scene.run { _, _ in Self.untold } == .budget(.spent(.tokens)))
        #expect(try scene.report().totals.settled == 1_000 / (try Self.worst(scene)) - billed)
    }

    /// Failures that cost nothing free all that was reserved.
    @Test func attemptsThatCostNothingAreFree() async throws {
        let scene = try Self.scene(rows: 20, tokens: 400)
        let end = try await scene.run { _, time in time < 3 ? .status(time == 1 ? 500 : 429) : .answer("hi") }
        #expect(end == .complete)
        #expect(try scene.report().totals.attempts == 60)
        #expect(try scene.report().isAllOK)
    }

    @Test func aNetworkThatIsAwayFreesWhatWasReserved() async throws {
        let scene = try Self.scene(rows: 5, tokens: 400)
        scene.settings.patience = .seconds(3_600)
        #expect(try await scene.run { _, time in time < 4 ? .unreachable : .answer("hi") } == .complete)
    }

    /// A limit that was raised after a cut answer is reserved as raised, and may pass what is left.
    @Test func aRaisedLimitHasToFitToo() async throws {
        let scene = try Self.scene(rows: 1, tokens: 400)
        scene.settings.truncation = .grow(factor: 2, cap: 32_768)
        let cut = #"{"choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"length"}],"#
        let end = try await scene.run { _, time in
            .json(
                200,
                cut
                    + #""usage":{"prompt_tokens":10,"completion_tokens":\#(time * 100),"total_tokens":\#(10 + time * 100)}}"#
            )
        }
        #expect(end == .budget(.spent(.tokens)))
        // 100 tokens, and then not 200: 110 + 200 + the body are more than 400.
        #expect(scene.transport.requests == (400 - 110 - 200 >= (try Self.worst(scene)) - 100 ? 2 : 1))
        #expect(try scene.report().totals.totalTokens <= 400)
    }

    /// A row that waits for one endpoint lets others pass, and does not end the run because one behind it does not fit.
    @Test func severalEndpointsShareOneBudget() async throws {
        let scene = try Scene(rows: 40, concurrency: 4, limit: 100, endpoints: 2)
        scene.price = Pricing(Price(input: try dollars("1"), output: try dollars("10")))
        scene.furnish = { outlet, index in
            if index == 1 {
                outlet.price = Pricing(Price(input: .zero, output: Money(picoDollars: 50_000_000_000_000)))
            }
        }
        try scene.setBudget(BudgetLimits(money: try dollars("0.02")))
        // 100 tokens at the dearest, 50 dollars a million, are a quarter of it.
        let end = try await scene.run({ _, _ in .answer("a") }, { _, _ in .answer("b") })
        #expect(end == .complete)
        #expect(scene.transports.reduce(0) { $0 + $1.mostAtOnce } <= 4)
        #expect(try scene.report().totals.cost.picoDollars <= 20_000_000_000)
    }

    @Test func aRowWithoutALimitStopsTheRunUnsent() async throws {
        let scene = try Self.scene(rows: 5, tokens: 1_000_000, limit: nil)
        #expect(try await scene.run { _, _ in .answer("hi") } == .budget(.unbounded(customID: "r0", .noLimit)))
        #expect(scene.transport.requests == 0)
        #expect(try scene.report().totals.settled == 0)
        #expect(try scene.count("SELECT count(*) FROM attempts WHERE outcome IS NOT 'unsent'") == 0)
    }

    @Test func aRowWithoutAPriceStopsADollarBudget() async throws {
        let scene = try Scene(rows: 5, limit: 100)
        try scene.setBudget(BudgetLimits(money: try dollars("1")))
        let end = try await scene.run { _, _ in .answer("hi") }
        #expect(end == .budget(.unpriced(customID: "r0", model: "m")))
        #expect(scene.transport.requests == 0)
    }

    @Test func dollarsAreCountedAtTheJobsPrice() async throws {
        let scene = try Scene(rows: 50, limit: 100)
        scene.price = Pricing(Price(input: try dollars("1"), output: try dollars("10")))
        try scene.setBudget(BudgetLimits(money: try dollars("0.002")))
        // An answer takes 21 millionths of a dollar, and at most about 1,080.
        let end = try await scene.run { _, _ in .answer("hi") }
        let totals = try scene.report().totals
        let worst = Int64(try Self.worst(scene) - 100) * 1_000_000 + 1_000_000_000
        #expect(end == .budget(.spent(.money)))
        #expect(totals.cost.picoDollars <= 2_000_000_000)
        #expect(totals.cost.picoDollars + worst > 2_000_000_000)
        #expect(totals.settled == totals.cost.picoDollars / 21_000_000)
    }
}

@Suite struct SpendingTests {
    /// Attempts of which nobody can say what they took at most stand in the way of a budget.
    @Test func whatHasNoBoundIsCounted() async throws {
        let scene = try Scene(rows: 3)
        #expect(try await scene.run(stopAfter: 2) { _, _ in .never } == .interrupted)
        let queue = try Queue(reading: scene.folder.file("queue.db"))
        let spending = try queue.spending(of: queue.run(named: nil))
        #expect(spending.attemptsOfUnknownTokens >= 2)
        #expect(spending.attemptsOfUnknownCost == spending.attemptsOfUnknownTokens)
        #expect(throws: BudgetError.unknownTokens(run: 1, attempts: spending.attemptsOfUnknownTokens)) {
            try Budget(BudgetLimits(tokens: 5), spending, run: 1)
        }
        #expect(throws: BudgetError.unknownCost(run: 1, attempts: spending.attemptsOfUnknownCost)) {
            try Budget(BudgetLimits(money: Money(picoDollars: 5)), spending, run: 1)
        }
        #expect(try Budget(BudgetLimits(), spending, run: 1) == nil)
    }

    /// Parts without a total are added up, in the ledger and in the counters, which stay even.
    @Test func answersThatTellNoTotalCountByTheirParts() async throws {
        let scene = try Scene(rows: 2, limit: 50)
        _ = try await scene.run { id, _ in
            .json(
                200,
                #"{"choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}],"#
                    + (id == "r0" ? #""usage":{"prompt_tokens":7,"completion_tokens":5}}"# : #""usage":null}"#))
        }
        let queue = try Queue(reading: scene.folder.file("queue.db"))
        let run = try queue.run(named: nil)
        let spending = try queue.spending(of: run)
        let body = try #require(try scene.count("SELECT max(length(body)) FROM requests"))
        #expect(spending.expense.tokens == 12 + Int(body) + 50)
        #expect(spending.attemptsOfUnknownTokens == 0)
        #expect(try #require(try queue.closingBalance(of: run)).isEven)
    }
}
