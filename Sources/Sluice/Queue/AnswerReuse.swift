/// Which answers of other runs a new row may take over: those of the job's endpoints that pass its own check.
package struct AnswerReuse {
    /// Base URLs.
    let endpoints: [String]
    private let check: AnswerCheck?
    private let reader = AnswerReader()

    package init(endpoints: [String], expectation: Expectation? = nil) throws {
        self.endpoints = endpoints
        check = try expectation.map { try AnswerCheck($0) }
    }

    /// Nil where the job sends every row.
    package init?(_ job: Job) throws {
        guard job.reuse == .identical else { return nil }
        try self.init(endpoints: job.endpoints.map(\.baseURL.text), expectation: job.expectation)
    }

    /// Whether an answer has to be read before it is taken over.
    var hasCheck: Bool { check != nil }

    func accepts(_ answer: [UInt8], url: String) -> Bool {
        guard let check else { return true }
        let texts = reader.texts(of: answer, url: url)
        return !texts.isEmpty && texts.allSatisfy { $0.map { check.fault(in: $0) == nil } ?? false }
    }
}
