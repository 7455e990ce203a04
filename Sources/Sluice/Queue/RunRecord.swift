/// A run as the queue holds it. Times are UTC.
package struct RunRecord: Sendable, Equatable {
    package var id: Int64
    package var job: String
    package var input: String
    package var endpoint: String
    package var createdAt: Timestamp
    /// The plan in force; 0 until a first plan was wholly valid.
    package var revision: Int64
    /// A plan was begun and neither put in force nor cleared away.
    package var isPlanning: Bool
    /// Rows of the plan in force.
    package var rows: Int
    package var firstRequest: Int64?
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    package var endReason: String?
    /// When the job wants it to be done.
    package var finishBy: Timestamp?
}
