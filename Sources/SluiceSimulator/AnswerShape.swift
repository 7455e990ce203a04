/// How an endpoint writes its answers. The defaults are those of EvoLink's `gpt-5.2`.
package struct AnswerShape: Sendable {
    /// The members of `usage` beside the three counts.
    package enum Usage: Sendable {
        case evolink, openAI, counts, nullDetails, deepSeek, openRouter, groq, mistral
    }

    /// What stands behind `usage`.
    package enum Tail: Sendable {
        case none, timings, groq
    }

    package var chatIdentifier: StaticString = "chatcmpl-"
    /// Behind the model's name: the snapshot that served it.
    package var modelSuffix: StaticString = ""
    /// Members behind the model, each with its comma.
    package var members: StaticString = ""
    /// Of a message, behind its content; of a choice, behind its finish reason.
    package var messageMembers: StaticString = ""
    package var choiceMembers: StaticString = ""
    package var usage = Usage.evolink
    package var tail = Tail.none
    /// The member that reasoning is told in; nil where it is counted and not told.
    package var reasoning: StaticString? = "reasoning_content"

    package init() {}
}
