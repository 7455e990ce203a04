import Digest
import JSON

/// Makes what a request sends out of what the queue holds of it. Belongs to one actor.
struct OutgoingBody {
    private let parser = JSONParser()
    private let loader: AttachmentLoader

    init() throws(DigestError) {
        loader = try AttachmentLoader()
    }

    /// The body byte for byte as planned, with the files that it takes in and what a further attempt of the job's own
    /// asking changes.
    func body(of claim: Claim) async throws(AttachmentFault) -> [UInt8] {
        if claim.attachments.isEmpty, claim.amendment == nil { return claim.body }
        var splices = claim.amendment.map { self.splices($0, claim) } ?? []
        if !claim.attachments.isEmpty { splices += try await loader.splices(for: claim.attachments) }
        return BodySplice.applying(splices, to: claim.body)
    }

    private func splices(_ amendment: Amendment, _ claim: Claim) -> [BodySplice] {
        var splices: [BodySplice] = []
        if let limit = amendment.outputLimit,
            let member = RequestAmendment.outputLimit(of: claim.body, parser: parser)
        {
            splices.append(member.splice(to: limit))
        }
        if let turns = amendment.turns,
            let splice = RequestAmendment.adding(turns: turns, to: claim.body, url: claim.url, parser: parser)
        {
            splices.append(splice)
        }
        return splices
    }
}
