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

    /// The body byte for byte as planned; nil where something has to be put into it.
    func planned(_ claim: Claim, models: ModelNames) -> Outgoing? {
        guard claim.attachments.isEmpty, claim.amendment == nil, models == .asAsked else { return nil }
        return (claim.body, nil)
    }

    /// The body byte for byte as planned, with the files that it takes in, what a further attempt of the job's own
    /// asking changes, and the endpoint's own name for the model.
    func body(of claim: Claim, models: ModelNames = .asAsked) async throws(AttachmentFault) -> Outgoing {
        let renaming = ModelRenaming.splice(for: claim.body, to: models, parser: parser)
        if claim.attachments.isEmpty, claim.amendment == nil, renaming == nil { return (claim.body, nil) }
        var splices = claim.amendment.map { self.splices($0, claim) } ?? []
        if let renaming { splices.append(renaming.splice) }
        if !claim.attachments.isEmpty { splices += try await loader.splices(for: claim.attachments) }
        return (BodySplice.applying(splices, to: claim.body), renaming?.name)
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
