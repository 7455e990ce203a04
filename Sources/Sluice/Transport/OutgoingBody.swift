import Digest
import JSON

/// Makes what a request sends out of what the queue holds of it. Belongs to one actor.
struct OutgoingBody {
    private let parser = JSONParser()
    private let loader: AttachmentLoader

    init() throws(DigestError) {
        loader = try AttachmentLoader()
    }

    /// What leaves, and the model that it asks for where that is not the request's own.
    typealias Outgoing = (body: [UInt8], askedModel: String?)

    /// The body byte for byte as planned, with what a further attempt of the job's own asking changes and the endpoint's own
    /// name for the model; nil where files have to be read for it first.
    func bodyWithoutFiles(of claim: Claim, models: ModelNames = .asAsked) -> Outgoing? {
        guard claim.attachments.isEmpty else { return nil }
        if claim.amendment == nil, models == .asAsked { return (claim.body, nil) }
        return body(of: claim, models: models, files: [])
    }

    /// The same with the files that it takes in.
    func body(of claim: Claim, models: ModelNames = .asAsked) async throws(AttachmentFault) -> Outgoing {
        body(of: claim, models: models, files: try await loader.splices(for: claim.attachments))
    }

    private func body(of claim: Claim, models: ModelNames, files: [BodySplice]) -> Outgoing {
        let renaming = ModelRenaming.splice(for: claim.body, to: models, parser: parser)
        var splices = claim.amendment.map { self.splices($0, claim) } ?? []
        if let renaming { splices.append(renaming.splice) }
        splices += files
        return (splices.isEmpty ? claim.body : BodySplice.applying(splices, to: claim.body), renaming?.name)
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
