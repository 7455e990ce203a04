import ArgumentParser
import SluiceSimulator

struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Requests a minute; more are answered with 429.", valueName: "number"))
    var requestsPerMinute: Count?

    @Option(
        help: ArgumentHelp(
            "Tokens a minute, a token being four bytes. A request is charged its prompt and max_tokens for each choice, "
                + "or what it uses where that is not set.", valueName: "number"))
    var tokensPerMinute: Count?

    @Option(
        help: ArgumentHelp(
            "How many seconds' worth of the limits may come at once; never less than one request or token.",
            valueName: "seconds"))
    var burstSeconds = 1.0

    @Option(
        help: ArgumentHelp(
            "Requests that are worked on at a time; others wait for their turn, so that answers take longer.",
            valueName: "number"))
    var capacity: Count?

    @Option(help: ArgumentHelp("Requests at a time; more are refused.", valueName: "number"))
    var maxInFlight: Count?

    @Option(
        help: ArgumentHelp(
            "Status for more than --max-in-flight; default 429, or that of the imitated endpoint.", valueName: "status")
    )
    var overloadStatus: Status?

    @Option(help: ArgumentHelp("After so many answers: 429 insufficient_quota.", valueName: "answers"))
    var quota: Amount?

    @Option(
        help: ArgumentHelp("After N answers, each request gets the status CODE: 100=401.", valueName: "n=code"))
    var statusAfter: StatusAfter?

    func validateTogether() throws {
        guard burstSeconds.isFinite, burstSeconds > 0, burstSeconds <= 3600 else {
            throw ValidationError("--burst-seconds is a number above 0 and up to 3600.")
        }
    }

    func apply(to configuration: inout SimulatorConfiguration) {
        configuration.requestsPerMinute = requestsPerMinute?.number
        configuration.tokensPerMinute = tokensPerMinute?.number
        configuration.burstSeconds = burstSeconds
        configuration.capacity = capacity?.number
        configuration.maximumInFlight = maxInFlight?.number
        configuration.overloadStatus = overloadStatus?.code
        configuration.quota = quota?.number
        configuration.statusAfter = statusAfter?.value
    }
}
