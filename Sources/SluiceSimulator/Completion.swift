/// A chat completion that is to be answered, with its content.
struct Completion {
    /// The model as the request wrote it, quotes included.
    var model: [UInt8]
    /// Names the answer; 64 bits of its body and attempt.
    var identifier: UInt64
    /// Seconds since 1970.
    var created: Int
    var promptTokens: Int
    var completionTokens = 0
    /// Content and finish reason of each choice.
    var choices: [Choice] = []

    struct Choice {
        var content: [UInt8]
        var isCut: Bool

        var finishReason: StaticString { isCut ? "length" : "stop" }
    }

    init(request: ChatRequest, prompt: [UInt8], answer: SimulatedAnswer, identifier: UInt64, created: Int) {
        model = request.model
        self.identifier = identifier
        self.created = created
        promptTokens = request.promptTokens
        choices.reserveCapacity(request.choices)
        for index in 0..<request.choices {
            var choice = Choice(content: [], isCut: false)
            choice.content.reserveCapacity(answer.answerBytes + 4 * answer.excerptCharacters + 32)
            answer.appendContent(forPrompt: prompt, choice: index, to: &choice.content)
            let needed = ChatRequest.tokens(ofBytes: choice.content.count)
            if let maximum = request.maximumTokens, needed > maximum {
                let end = SimulatedAnswer.boundary(atOrBefore: 4 * maximum, in: choice.content[...])
                choice.content.removeLast(choice.content.count - end)
                choice.isCut = true
                completionTokens += maximum
            } else {
                completionTokens += needed
            }
            choices.append(choice)
        }
    }

    /// What a token limit is charged: the asked maximum where there is one, as OpenAI and Azure count.
    func charge(maximumTokens: Int?) -> Int {
        promptTokens + (maximumTokens.map { $0 * choices.count } ?? completionTokens)
    }
}
