@testable import Sluice

/// A server, and what is asked of it; with the time that nobody could do better than, from the server's own numbers.
struct Scenario: Sendable, CustomStringConvertible {
    var name: String
    var shape: VirtualServer.Shape
    var limits = Limits(concurrency: .automatic(maximum: 512))
    var rows = 1000
    var prompt = 200
    var outputs = 50...350
    var outputLimit: Int?
    var clients = 1
    /// Nothing that comes later is looked at.
    var horizon = 3600.0
    /// In seconds.
    var ideal: Double
    /// Somebody who knows the server would have so many in flight.
    var fixed: Int

    var description: String { name }

    struct Result {
        var seconds: Double
        var refusals: Int
        var mostRefusalsInAMinute: Int
        var requests: Int
        var isComplete: Bool
        var inputTokens: Int
        var outputTokens: Int
        var clients: [VirtualClient]
    }

    /// When the last of `rows` is answered that leave `perSecond`, evenly: most of the last hundred wait for the
    /// slowest of them.
    static func paced(rows: Int, perSecond: Double, latency: Double = 2, sigma: Double = 0.4) -> Double {
        var chance = Chance(state: 1)
        var sum = 0.0
        for _ in 0..<200 {
            sum += (max(0, rows - 200)..<rows).reduce(0.0) { latest, row in
                let service = VirtualServer.lognormal(mean: latency, sigma: sigma, &chance)
                return max(latest, Double(row) / perSecond + service)
            }
        }
        return sum / 200 + 0.04
    }

    static let seeds: ClosedRange<UInt64> = 1...5

    func run(seed: UInt64, plain: Bool = false) -> Result {
        var chance = Chance(state: seed &* 7919)
        let clients = (0..<clients).map { _ in
            VirtualClient(
                plain ? nil : EndpointControl(limits: limits, now: Simulation.start), fixed: fixed,
                rows: (0..<rows).map { _ in
                    let output = Int.random(in: outputs, using: &chance)
                    return VirtualClient.Row(
                        prompt: Int.random(in: prompt / 2...prompt * 3 / 2, using: &chance),
                        output: min(output, outputLimit ?? output), outputLimit: outputLimit)
                })
        }
        var simulation = Simulation(shape, clients, seed: seed)
        simulation.run(until: horizon)
        let refusals = simulation.clients.flatMap(\.refusals).sorted()
        return Result(
            seconds: simulation.clients.map(\.lastAnswer).max() ?? 0, refusals: refusals.count,
            mostRefusalsInAMinute: Self.most(refusals, within: 60),
            requests: simulation.clients.reduce(0) { $0 + $1.requests },
            isComplete: simulation.clients.allSatisfy { $0.answered == rows },
            inputTokens: clients.flatMap(\.rows).reduce(0) { $0 + $1.prompt },
            outputTokens: clients.flatMap(\.rows).reduce(0) { $0 + $1.output }, clients: simulation.clients)
    }

    /// The share of the binding limit of tokens that was used.
    func used(_ result: Result) -> Double {
        let minutes = result.seconds / 60
        var used = 0.0
        if let limit = shape.tokensPerMinute {
            let allowed = shape.counting == .asAllowed ? rows * (outputLimit ?? 0) : result.outputTokens
            used = max(used, Double(result.inputTokens + allowed) / limit)
        }
        if let limit = shape.inputTokensPerMinute { used = max(used, Double(result.inputTokens) / limit) }
        if let limit = shape.outputTokensPerMinute { used = max(used, Double(result.outputTokens) / limit) }
        return used / minutes
    }

    private static func most(_ times: [Double], within stretch: Double) -> Int {
        var most = 0
        var first = 0
        for (index, time) in times.enumerated() {
            while times[first] + stretch <= time { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }
}
