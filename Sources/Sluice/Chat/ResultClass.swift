/// Where a request ends; every request of a plan ends in exactly one.
package enum ResultClass: String, Sendable, CaseIterable {
    /// The model finished what it had to say, or asked for a tool.
    case ok
    /// The answer stops at the token limit.
    case truncated
    /// The model declined to answer.
    case refused
    /// A content filter took the prompt or the answer.
    case filtered
    /// The answer came whole but did not pass the job's own check.
    case invalid
    /// The endpoint rejected the request, or every attempt failed.
    case failed
    /// Never sent, on purpose.
    case skipped
    /// Not sent yet, when the run stopped.
    case unsent
}
