/// Whether a run takes over answers that other runs of the queue have to the very same request.
package enum Reuse: String, Sendable, CaseIterable {
    /// Every run asks for itself: two nights of the same evaluation are two samples.
    case never
    /// A row that is new to the run and that another run has sent to one of the job's endpoints, byte for byte, and had
    /// answered with class `ok`, has that answer.
    case identical
}
