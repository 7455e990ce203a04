/// One row of a plan: a request that has been rendered, checked and fingerprinted.
package struct PlannedRequest: Sendable, Equatable {
    /// The user's name for the request; nil where neither the job nor the row gives one.
    package var customID: String?
    /// The source line, from 1.
    package var line: Int
    package var method: String
    /// The path as written, such as `/v1/chat/completions`; `Endpoint.url(forPath:)` makes a URL of it.
    package var url: String
    /// What is sent, byte for byte, but for the files that it takes in.
    package var body: [UInt8]
    /// By position.
    package var attachments: [Attachment]
    package var fingerprint: Fingerprint
    /// The model it asks for, where the operation has one.
    package var model: String?
    /// The row's own columns as one JSON object, where the output asks for them.
    package var input: [UInt8]?
    package var estimate: TokenEstimate
    /// Rows of a greater one are sent first; not part of what is sent.
    package var priority: Int

    package init(
        customID: String? = nil, line: Int, method: String = "POST", url: String, body: [UInt8],
        fingerprint: Fingerprint, model: String? = nil, input: [UInt8]? = nil, estimate: TokenEstimate,
        attachments: [Attachment] = [], priority: Int = 0
    ) {
        self.priority = priority
        self.customID = customID
        self.line = line
        self.method = method
        self.url = url
        self.body = body
        self.fingerprint = fingerprint
        self.model = model
        self.input = input
        self.estimate = estimate
        self.attachments = attachments
    }

    package var estimatedPromptTokens: Int { estimate.promptTokens }
    package var maximumOutputTokens: Int? { estimate.maximumOutputTokens }
}

/// How many tokens a request may use, for admission before its answer is known.
package struct TokenEstimate: Sendable, Equatable {
    /// A quarter of the bytes of messages, tools and schemas, rounded up; an image, sound or file counts
    /// `TokenEstimate.attachmentTokens` however many bytes its data has.
    package var promptTokens: Int
    /// What the request allows the model to write, over all its choices; nil where it sets no limit.
    package var maximumOutputTokens: Int?

    package init(promptTokens: Int, maximumOutputTokens: Int? = nil) {
        self.promptTokens = promptTokens
        self.maximumOutputTokens = maximumOutputTokens
    }

    /// About a 1024 × 1024 image in high detail, on the safe side.
    package static let attachmentTokens = 1_100
}
