/// What is known of a request before it leaves.
package struct RequestDemand: Sendable, Equatable {
    /// A small number for the request's model: providers count each model by itself.
    package var model: Int
    /// Prompt tokens, by length.
    package var promptEstimate: Int
    /// The most tokens that the request allows its answers, if it says so.
    package var outputLimit: Int?

    package init(model: Int = 0, promptEstimate: Int, outputLimit: Int? = nil) {
        self.model = model
        self.promptEstimate = promptEstimate
        self.outputLimit = outputLimit
    }
}
