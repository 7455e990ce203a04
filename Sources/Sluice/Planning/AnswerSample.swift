/// Rows that have their result, and what they took: what an estimate goes by.
package struct AnswerSample: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        /// By length.
        package var promptEstimate: Int
        /// Of all attempts, as the next four; nil where one of them did not say.
        package var promptTokens: Int?
        package var completionTokens: Int?
        package var totalTokens: Int?
        package var cost: Money?
        package var attempts: Int
        /// In flight.
        package var time: Duration

        package init(
            promptEstimate: Int, promptTokens: Int? = nil, completionTokens: Int? = nil, totalTokens: Int? = nil,
            cost: Money? = nil, attempts: Int = 1, time: Duration = .zero
        ) {
            self.promptEstimate = promptEstimate
            self.promptTokens = promptTokens
            self.completionTokens = completionTokens
            self.totalTokens = totalTokens
            self.cost = cost
            self.attempts = attempts
            self.time = time
        }
    }

    package var rows: [Row] = []
    /// How many were in flight on the whole; nil where that is not known.
    package var parallelism: Double?

    package init(rows: [Row] = [], parallelism: Double? = nil) {
        self.rows = rows
        self.parallelism = parallelism
    }

    /// The total over so many rows of this size, of what each row of the sample tells.
    func total(rows: Int, size: Int, of amount: (Row) -> Double?) -> TotalEstimate? {
        let points = self.rows.compactMap { row in
            amount(row).map { TotalEstimate.Point(size: Double(row.promptEstimate), amount: $0) }
        }
        return TotalEstimate(points, rows: rows, size: Double(size))
    }

    /// The value that so great a share of the rows does not pass; nil where none tells.
    package func quantile(_ share: Double, of amount: (Row) -> Double?) -> Double? {
        let sorted = rows.compactMap(amount).sorted()
        guard !sorted.isEmpty else { return nil }
        return sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
    }
}
