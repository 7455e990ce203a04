/// Turns the bytes of one format into rows as they arrive.
protocol RowReader: AnyObject {
    typealias TakeRow = (InputRow) throws -> Void
    typealias TakeProblem = (PlanProblem) throws -> Void

    /// Takes the next bytes; false when nothing after them can be read, for a reason that went to `problem`.
    func read(_ piece: UnsafeRawBufferPointer, row: TakeRow, problem: TakeProblem) throws -> Bool

    /// Takes the end of the bytes.
    func finish(row: TakeRow, problem: TakeProblem) throws
}
