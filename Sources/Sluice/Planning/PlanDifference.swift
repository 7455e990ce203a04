/// What a new plan changes in a run: every row of the plan is new, changed or reusable.
package struct PlanDifference: Sendable, Equatable {
    package var new = 0
    /// Known by custom_id, but what would be sent is another thing than before.
    package var changed = 0
    /// In the plan before, and no longer.
    package var removed = 0
    /// The same as before; of these, `settled` have their result.
    package var reusable = 0
    package var settled = 0
    /// Of the new and changed rows: those that an identical request of another run has answered.
    package var reused = 0
    /// Rows that stand elsewhere in the file than before: of the reusable ones.
    package var moved = 0

    /// Of the rows to send.
    package var estimate = PlanEstimate()

    package var rows: Int { new + changed + reusable }

    /// Rows without a result.
    package var toSend: Int { rows - settled - reused }

    package init() {}
}
