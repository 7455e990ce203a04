#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a quantity comes to over many rows, by a sample of them: the likely total, and the bounds between which it lies
/// nine times out of ten.
package struct TotalEstimate: Sendable, Equatable {
    package var likely: Double
    /// Nil where a single row tells nothing of how much rows differ.
    package var range: ClosedRange<Double>?

    package init(likely: Double, range: ClosedRange<Double>? = nil) {
        self.likely = likely
        self.range = range
    }

    /// One row of the sample: its known size, and how much of the quantity it took.
    package struct Point: Sendable, Equatable {
        package var size: Double
        package var amount: Double

        package init(size: Double, amount: Double) {
            self.size = size
            self.amount = amount
        }
    }

    /// Rows from which on a sample tells how the amount goes with the size.
    static let leastForSlope = 10

    /// The regression estimator of survey sampling: amount = a + b · size by least squares, at the mean size of the rows
    /// asked about; with a few rows, or rows of one size, the mean alone. The bounds are those of a prediction by
    /// Student's t, so that they hold both the sample's chance and that of the rows to come.
    ///
    /// - Parameters:
    ///   - rows: how many are asked about.
    ///   - size: of all of them together.
    /// - Returns: nil for an empty sample.
    package init?(_ sample: [Point], rows: Int, size: Double) {
        guard !sample.isEmpty else { return nil }
        guard rows > 0 else {
            likely = 0
            range = 0...0
            return
        }
        let (count, wanted) = (Double(sample.count), Double(rows))
        let meanSize = sample.reduce(0) { $0 + $1.size } / count
        let meanAmount = sample.reduce(0) { $0 + $1.amount } / count
        let squares = sample.reduce(0) { $0 + ($1.size - meanSize) * ($1.size - meanSize) }
        let hasSlope = sample.count >= Self.leastForSlope && squares > 1e-9 * count * max(meanSize * meanSize, 1)
        let products = sample.reduce(0) { $0 + ($1.size - meanSize) * ($1.amount - meanAmount) }
        let slope = hasSlope ? products / squares : 0
        let distance = hasSlope ? size / wanted - meanSize : 0
        likely = max(0, wanted * (meanAmount + slope * distance))
        let freedom = sample.count - (hasSlope ? 2 : 1)
        guard freedom > 0 else { return }
        let residuals = sample.reduce(0.0) { sum, point in
            let residual = point.amount - meanAmount - slope * (point.size - meanSize)
            return sum + residual * residual
        }
        let spread = 1 + wanted / count + (hasSlope ? wanted * distance * distance / squares : 0)
        let margin = Self.quantile(freedom) * (residuals / Double(freedom) * wanted * spread).squareRoot()
        range = max(0, likely - margin)...(likely + margin)
    }

    /// Student's t at 95 %: from a table, then by the expansion of Cornish and Fisher about the normal quantile.
    static func quantile(_ freedom: Int) -> Double {
        let few = [6.314, 2.920, 2.353, 2.132]
        if freedom <= few.count { return few[max(freedom, 1) - 1] }
        let (z, f) = (1.644_853_6, Double(freedom))
        let (z3, z5) = (z * z * z, z * z * z * z * z)
        return z + (z3 + z) / (4 * f) + (5 * z5 + 16 * z3 + 3 * z) / (96 * f * f)
    }

    /// The same of another unit, so many of which make one of this.
    package func scaled(by factor: Double) -> TotalEstimate {
        TotalEstimate(
            likely: likely * factor, range: range.map { $0.lowerBound * factor...$0.upperBound * factor })
    }

    /// Less so much, and never less than nothing.
    func lowered(by amount: Double) -> TotalEstimate {
        TotalEstimate(
            likely: max(0, likely - amount),
            range: range.map { max(0, $0.lowerBound - amount)...max(0, $0.upperBound - amount) })
    }

    /// Cut at bounds that are certain.
    package func clamped(to most: Double) -> TotalEstimate {
        TotalEstimate(
            likely: min(likely, most), range: range.map { min($0.lowerBound, most)...min($0.upperBound, most) })
    }
}
