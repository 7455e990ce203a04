/// What one visit to the queue brought back.
package struct Exchange: Sendable {
    package var claims: [Claim] = []
    /// When the earliest waiting request may be tried again; nil when none waits.
    package var nextDue: Timestamp?
    /// No request is left that was never claimed in this sitting.
    package var isExhausted = false
    package var duration: Duration = .zero
    /// What the records came to.
    package var recorded = RunTotals()
}
