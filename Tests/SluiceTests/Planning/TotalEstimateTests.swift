import Testing

@testable import Sluice

@Suite struct TotalEstimateTests {
    private static func points(_ amounts: [Double], sizes: [Double]? = nil) -> [TotalEstimate.Point] {
        amounts.indices.map { .init(size: sizes?[$0] ?? 1, amount: amounts[$0]) }
    }

    @Test func aFewRowsGiveTheirMean() throws {
        let estimate = try #require(TotalEstimate(Self.points([1, 2, 3]), rows: 30, size: 30))
        #expect(estimate.likely == 60)
        // t of 2 degrees, times the spread of 1, times √(30 · (1 + 30/3)).
        let range = try #require(estimate.range)
        #expect(abs(range.upperBound - 60 - 2.920 * (30.0 * 11).squareRoot()) < 1e-9)
        #expect(abs(60 - range.lowerBound - 2.920 * (30.0 * 11).squareRoot()) < 1e-9)
    }

    @Test func oneRowHasNoRangeAndNoneNothing() throws {
        #expect(TotalEstimate(Self.points([7]), rows: 3, size: 3) == TotalEstimate(likely: 21))
        #expect(TotalEstimate([], rows: 3, size: 3) == nil)
        #expect(TotalEstimate(Self.points([7]), rows: 0, size: 0) == TotalEstimate(likely: 0, range: 0...0))
    }

    /// Rows that go with their size exactly leave no doubt, also about larger ones.
    @Test func theSizeTellsWhatLargerRowsTake() throws {
        let sizes = (1...20).map(Double.init)
        let estimate = try #require(
            TotalEstimate(Self.points(sizes.map { 5 + 2 * $0 }, sizes: sizes), rows: 10, size: 1_000))
        #expect(abs(estimate.likely - 10 * 205) < 1e-6)
        let range = try #require(estimate.range)
        #expect(range.upperBound - range.lowerBound < 1e-3)
    }

    /// Of samples of skewed answers the range holds the truth about nine times in ten.
    @Test(arguments: [(20, 0.83...0.95), (200, 0.86...0.94)])
    func theRangeHoldsNineTimesInTen(count: Int, share: ClosedRange<Double>) throws {
        var chance = Chance(state: 5)
        var held = 0
        for _ in 0..<1_000 {
            func draw() -> TotalEstimate.Point {
                let size = Double.random(in: 50...500, using: &chance)
                // The product of a few even chances has a long tail.
                let tail = (0..<3).reduce(1.0) { product, _ in product * Double.random(in: 0.5...1.8, using: &chance) }
                return .init(size: size, amount: size + 300 * tail)
            }
            let sample = (0..<count).map { _ in draw() }
            let rest = (0..<300).map { _ in draw() }
            let estimate = try #require(
                TotalEstimate(sample, rows: rest.count, size: rest.reduce(0) { $0 + $1.size }))
            if try #require(estimate.range).contains(rest.reduce(0) { $0 + $1.amount }) { held += 1 }
        }
        #expect(share.contains(Double(held) / 1_000), "\(held) of 1,000")
    }

    @Test(arguments: [(1, 6.314), (2, 2.920), (3, 2.353), (5, 2.015), (10, 1.812), (30, 1.697), (1_000, 1.646)])
    func studentsQuantiles(freedom: Int, value: Double) {
        #expect(abs(TotalEstimate.quantile(freedom) - value) < 0.02)
    }
}
