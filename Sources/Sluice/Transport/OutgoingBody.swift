import JSON

/// Makes what a request sends out of what the queue holds of it. Belongs to one actor.
struct OutgoingBody {
    private let parser = JSONParser()

    /// The body byte for byte as planned, but for what a further attempt of the job's own asking changes.
    func body(of claim: Claim) -> [UInt8] {
        guard let amendment = claim.amendment else { return claim.body }
        return BodySplice.applying(splices(amendment, claim), to: claim.body)
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
