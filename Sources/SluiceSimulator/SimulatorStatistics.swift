/// What a simulated endpoint has seen since it started or its statistics were reset.
package struct SimulatorStatistics: Sendable, Equatable {
    /// Chat completions asked for, refused ones included.
    package var requests = 0
    /// Whole, good answers sent.
    package var answered = 0
    /// Of these, answers to a (path, body) that had been answered before: work that was paid for twice.
    package var answeredAgain = 0
    /// Requests that passed the key, the quota and the limits: those that a provider works on and bills.
    package var begun = 0
    /// Different (path, body) among the begun.
    package var distinctBodies = 0
    /// Begun requests whose (path, body) had been begun before. 0 when bodies are not tracked.
    package var duplicates = 0
    /// Answers by HTTP status.
    package var byStatus: [Int: Int] = [:]
    /// Begun and neither answered nor given up, now and at most.
    package var inFlight = 0
    package var mostInFlight = 0
    /// Refused for a rate limit or for too many in flight, whatever the status.
    package var rejected = 0
    /// Faults by name.
    package var faults: [String: Int] = [:]
    /// Begun requests whose client went away before the answer was sent.
    package var abandoned = 0
    package var connections = 0
    package var openConnections = 0
    /// Of request bodies.
    package var bytesIn = 0
    /// Of answers to chat completions, heads included.
    package var bytesOut = 0
    package var promptTokens = 0
    package var completionTokens = 0
    /// Seconds since 1970.
    package var firstRequest: Double?
    package var lastRequest: Double?

    package init() {}
}

extension SimulatorStatistics {
    /// As `GET /stats` shows it: one JSON object.
    package var json: [UInt8] {
        var text = "{\"requests\":\(requests),\"answered\":\(answered),\"answered_again\":\(answeredAgain),"
        text += "\"begun\":\(begun),\"distinct_bodies\":\(distinctBodies),\"duplicates\":\(duplicates),"
        text += "\"by_status\":\(Self.object(byStatus.map { (String($0), $1) })),"
        text += "\"in_flight\":\(inFlight),\"most_in_flight\":\(mostInFlight),\"rejected_429\":\(rejected),"
        text += "\"faults\":\(Self.object(faults.map { ($0, $1) })),\"abandoned\":\(abandoned),"
        text += "\"connections\":\(connections),\"open_connections\":\(openConnections),"
        text += "\"bytes_in\":\(bytesIn),\"bytes_out\":\(bytesOut),"
        text += "\"prompt_tokens\":\(promptTokens),\"completion_tokens\":\(completionTokens),"
        text += "\"first_request\":\(Self.time(firstRequest)),\"last_request\":\(Self.time(lastRequest))}\n"
        return Array(text.utf8)
    }

    private static func object(_ members: [(String, Int)]) -> String {
        "{" + members.sorted { $0.0 < $1.0 }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private static func time(_ seconds: Double?) -> String {
        seconds.map { "\(($0 * 1000).rounded() / 1000)" } ?? "null"
    }
}
