/// Tokens of one answer, as the provider counted them. What it did not say is nil, never zero.
package struct Usage: Sendable, Equatable {
    /// All prompt tokens, those read from and written to a cache included.
    package var promptTokens: Int?
    /// All tokens of the answer, reasoning included.
    package var completionTokens: Int?
    /// As reported; not the sum of the other two where the provider gave no total.
    package var totalTokens: Int?
    /// The part of `promptTokens` that came from a cache.
    package var cachedTokens: Int?
    /// The part of `promptTokens` that was written to a cache.
    package var cacheWriteTokens: Int?
    /// The part of `completionTokens` that was spent on thinking.
    package var reasoningTokens: Int?

    package init(
        promptTokens: Int? = nil, completionTokens: Int? = nil, totalTokens: Int? = nil, cachedTokens: Int? = nil,
        cacheWriteTokens: Int? = nil, reasoningTokens: Int? = nil
    ) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.totalTokens = totalTokens
        self.cachedTokens = cachedTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.reasoningTokens = reasoningTokens
    }
}
