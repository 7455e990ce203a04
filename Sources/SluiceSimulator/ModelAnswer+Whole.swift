extension ModelAnswer {
    /// Appends the whole answer as JSON.
    func appendJSON(_ shape: AnswerShape, fault: Fault?, to bytes: inout [UInt8]) {
        if fault == .blankLines { bytes.append(literal: "\n\n\n\n") }
        switch operation {
        case .chat: appendChat(shape, fault: fault, to: &bytes)
        case .completions: appendCompletions(shape, fault: fault, to: &bytes)
        case .responses: appendResponse(fault: fault, to: &bytes)
        case .embeddings: appendEmbeddings(fault: fault, to: &bytes)
        case .moderations: appendModerations(fault: fault, to: &bytes)
        }
    }
}
