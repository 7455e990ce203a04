import JSON
import SluiceSimulator
import Testing

/// Runs a test's body against a simulator of its own, and stops it behind.
func withSimulator(
    _ configure: (inout SimulatorConfiguration) -> Void = { _ in },
    _ body: (Simulator) async throws -> Void
) async throws {
    var configuration = SimulatorConfiguration()
    configure(&configuration)
    let simulator = try await Simulator.start(configuration)
    do {
        try await body(simulator)
    } catch {
        await simulator.stop()
        throw error
    }
    await simulator.stop()
}

/// A request body with one user message; `extra` is spliced in front, such as `"n":2,`.
func chat(_ prompt: String, extra: String = "") -> String {
    "{\(extra)\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\(prompt)\"}]}"
}

extension RawClient.Response {
    /// The body's JSON, read with a parser that lives as long as the value.
    func json(_ parser: JSONParser = JSONParser()) throws -> JSONValue { try parser.parse(body) }

    /// The content of a choice.
    func content(choice: Int = 0) throws -> String? {
        try json()["choices"]?[choice]?["message"]?["content"]?.string
    }

    /// The `data:` of each event.
    var events: [String] {
        text.split(separator: "\n\n").map { $0.hasPrefix("data: ") ? String($0.dropFirst(6)) : String($0) }
    }
}
