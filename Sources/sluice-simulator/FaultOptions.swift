import ArgumentParser
import SluiceSimulator

struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Let a part of the requests go wrong: 500=0.05. May be repeated; the rates add up to at most 1. KIND is a \
            status from 400 to 599, or: reset (TCP RST before the answer), closed (closed before the answer), \
            truncated (well-framed, JSON stops half-way), cut (closes half-way), stall (never answers), stall-alive \
            (comments or blank lines and no answer), stall-half (half of the answer, then nothing), html502 (a proxy's \
            page), badutf8 (a stray byte in the content), error200 (an error under status 200), \
            empty-choices, blank-lines (a good answer behind blank lines).
            """, valueName: "kind=rate"))
    var fault: [FaultRate] = []

    @Flag(help: "Only the first attempt of a body meets a fault; its retries pass.")
    var faultOnlyFirst = false

    @Option(help: ArgumentHelp("Retry-After of the faults 429 and 503; default none.", valueName: "time"))
    var faultRetryAfter: Time?

    func validateTogether() throws {
        guard fault.reduce(0, { $0 + $1.entry.rate }) <= 1 + 1e-9 else {
            throw ValidationError("The rates of --fault add up to more than 1.")
        }
    }

    func apply(to configuration: inout SimulatorConfiguration) {
        configuration.faults = FaultPlan(fault.map(\.entry), onFirstAttemptOnly: faultOnlyFirst)
        configuration.faultRetryAfter = faultRetryAfter?.duration
    }
}
