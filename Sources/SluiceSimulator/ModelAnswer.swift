/// What a request is to be answered with, before it is written in an endpoint's shape.
struct ModelAnswer {
    let operation: Operation
    /// The model as the request wrote it, quotes included.
    var model: [UInt8]
    /// Names the answer; 64 bits of its body and attempt.
    var identifier: UInt64
    /// Seconds since 1970.
    var created: Int
    var promptTokens: Int
    /// Of all choices, reasoning included.
    var completionTokens = 0
    var reasoningTokens = 0
    /// Content and finish reason of each choice.
    var choices: [Choice] = []
    /// What is embedded or moderated.
    var inputs: [[UInt8]] = []
    var dimensions = 0
    var isBase64 = false

    struct Choice {
        var content: [UInt8]
        var reasoning: [UInt8] = []
        var isCut: Bool

        var finishReason: StaticString { isCut ? "length" : "stop" }
    }

    /// `round`: how often the conversation was answered before.
    init(
        request: ModelRequest, prompt: [UInt8], answer: SimulatedAnswer, round: Int, identifier: UInt64, created: Int
    ) {
        operation = request.operation
        model = request.model
        self.identifier = identifier
        self.created = created
        promptTokens = request.promptTokens
        switch request.operation {
        case .chat, .responses:
            choices.reserveCapacity(request.choices)
            addChoices(request, prompt: prompt, answer: answer, round: round)
        case .completions:
            for prompt in request.inputs { addChoices(request, prompt: prompt, answer: answer, round: round) }
        case .embeddings, .moderations:
            inputs = request.inputs
            dimensions = request.dimensions
            isBase64 = request.isBase64
        }
    }

    /// Adds the choices of a prompt.
    private mutating func addChoices(_ request: ModelRequest, prompt: [UInt8], answer: SimulatedAnswer, round: Int) {
        let isJSON = answer.isJSON(asked: request.wantsJSON)
        for index in 0..<request.choices {
            var choice = Choice(content: [], reasoning: answer.reasoning(forPrompt: prompt), isCut: false)
            choice.content.reserveCapacity(answer.answerBytes + 4 * answer.excerptCharacters + 32)
            if isJSON {
                answer.appendJSON(forPrompt: prompt, choice: index, round: round, to: &choice.content)
            } else {
                answer.appendContent(forPrompt: prompt, choice: index, to: &choice.content)
            }
            add(choice, maximumTokens: request.maximumTokens)
        }
    }

    /// Adds a choice, cut where its tokens are more than allowed. Reasoning comes first: it can use up all.
    private mutating func add(_ whole: consuming Choice, maximumTokens: Int?) {
        var choice = whole
        var left = maximumTokens ?? .max
        if !choice.reasoning.isEmpty {
            let used = Self.cut(&choice.reasoning, to: left, isCut: &choice.isCut)
            reasoningTokens += used
            completionTokens += used
            left -= used
        }
        completionTokens += Self.cut(&choice.content, to: left, isCut: &choice.isCut)
        choices.append(choice)
    }

    /// Cuts a text to so many tokens, and returns how many it has.
    private static func cut(_ text: inout [UInt8], to maximum: Int, isCut: inout Bool) -> Int {
        let needed = ModelRequest.tokens(ofBytes: text.count)
        guard needed > maximum else { return needed }
        let end = SimulatedAnswer.boundary(atOrBefore: 4 * maximum, in: text[...])
        text.removeLast(text.count - end)
        isCut = true
        return maximum
    }

    /// What a token limit is charged: the asked maximum where there is one, as OpenAI and Azure count.
    func charge(maximumTokens: Int?) -> Int {
        promptTokens + (maximumTokens.map { $0 * choices.count } ?? completionTokens)
    }

    /// Embeddings and moderations know no streams.
    var canStream: Bool { operation != .embeddings && operation != .moderations }
}
