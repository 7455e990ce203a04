/// Which answers of other runs a new row may take over: those of the same endpoint that pass the job's own check.
package struct AnswerReuse {
    let endpoint: String
    private let check: AnswerCheck?
    private let reader = AnswerReader()

    package init(endpoint: String, expectation: Expectation? = nil) throws {
        self.endpoint = endpoint
        check = try expectation.map { try AnswerCheck($0) }
    }

    /// Nil where the job sends every row.
    package init?(_ job: Job) throws {
        guard job.reuse == .identical else { return nil }
        try self.init(endpoint: job.endpoint.baseURL.text, expectation: job.expectation)
    }

    /// Whether an answer has to be read before it is taken over.
    var hasCheck: Bool { check != nil }

    func accepts(_ answer: [UInt8], url: String) -> Bool {
        guard let check else { return true }
        let texts = reader.texts(of: answer, url: url)
        return !texts.isEmpty && texts.allSatisfy { $0.map { check.fault(in: $0) == nil } ?? false }
    }
}
