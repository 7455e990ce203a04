import JSON
import Sluice
import SluiceSimulator
import Testing

/// Rows with a prompt of their own, and what has to become of them.
enum Rows {
    static func id(_ number: Int) -> String { "r\(number)" }

    /// Not ASCII alone, and more than what the endpoint repeats in its answer.
    static func prompt(_ number: Int) -> String {
        "Question \(number): wie heißt der größte Mond, and why is it so \"big\" at all, asks number \(number)?"
    }

    static func line(_ number: Int) -> String {
        var line = Array("{\"custom_id\":\"\(id(number))\",\"prompt\":".utf8)
        JSONText.appendString(prompt(number), to: &line)
        return String(decoding: line, as: UTF8.self) + "}\n"
    }

    /// One line a number.
    static func jsonl(_ numbers: some Sequence<Int>) -> String { numbers.map(line).joined() }

    /// Expects exactly one result for each number, in order, each with the answer to its own prompt.
    static func expectAnswered(
        _ results: [ResultLine], _ numbers: some Collection<Int>,
        answer: (Int) -> String = { SimulatedAnswer.text(prompt($0)) },
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(results.map(\.customID) == numbers.map(id), sourceLocation: sourceLocation)
        #expect(results.allSatisfy { $0.resultClass == "ok" && $0.error == nil }, sourceLocation: sourceLocation)
        #expect(results.map(\.text) == numbers.map(answer), sourceLocation: sourceLocation)
    }
}

extension SimulatedAnswer {
    /// What the endpoint answers to a prompt by default.
    static func text(_ prompt: String) -> String { SimulatedAnswer().content(forPrompt: prompt) }
}

/// A line of results in `jsonl`.
struct ResultLine: Equatable {
    var customID: String
    var resultClass: String
    var text: String?
    var attempts: Int64?
    /// The error's code and words.
    var error: String?

    init(_ line: String) throws {
        let parser = JSONParser()
        let object = try parser.parse(Array(line.utf8))
        customID = try #require(object["custom_id"]?.string)
        resultClass = try #require(object["class"]?.string)
        text = object["text"]?.string
        attempts = object["attempts"]?.integer
        if let fault = object["error"], !fault.isNull {
            error = "\(fault["code"]?.string ?? "-"): \(fault["message"]?.string ?? "-")"
        }
    }

    static func read(_ text: String) throws -> [ResultLine] { try Workspace.lines(of: text).map(ResultLine.init) }
}

extension Workspace {
    func results(_ name: String) throws -> [ResultLine] { try ResultLine.read(try text(name)) }
}

/// Totals as `--json` prints them.
struct Totals: Equatable {
    var state: String
    var rows: Int64
    var classes: [String: Int64]
    var attempts: Int64
    var retries: Int64
    var inFlight: Int64
    var possiblyBilled: Int64
    var promptTokens: Int64
    var completionTokens: Int64
    var totalTokens: Int64

    /// - Parameter text: one JSON object on one line, and nothing else.
    init(_ text: String) throws {
        try #require(text.hasSuffix("\n") && text.count { $0 == "\n" } == 1)
        let parser = JSONParser()
        let object = try parser.parse(Array(text.utf8))
        func count(_ value: JSONValue?) throws -> Int64 { try #require(value?.integer) }
        state = try #require(object["state"]?.string)
        rows = try count(object["rows"])
        classes = [:]
        for (key, value) in try #require(object["classes"]).members {
            classes[try #require(key.string)] = try count(value)
        }
        attempts = try count(object["attempts"])
        retries = try count(object["retries"])
        inFlight = try count(object["in_flight"])
        possiblyBilled = try count(object["possibly_billed"])
        promptTokens = try count(object["tokens"]?["prompt"])
        completionTokens = try count(object["tokens"]?["completion"])
        totalTokens = try count(object["tokens"]?["total"])
    }

    var sumOfClasses: Int64 { classes.values.reduce(0, +) }
}

/// A job file over `rows.jsonl` that is quick to try again, with results in `results.jsonl`.
func jobFile(
    _ simulator: Simulator, input: String = "rows.jsonl", concurrency: Int = 8, endpoint: String = "",
    more: String = ""
) -> String {
    """
    name: job
    input: \(input)
    endpoint: {base_url: "\(simulator.baseURL)"\(endpoint)}
    request: {model: gpt-5.2}
    limits: {concurrency: \(concurrency)}
    retry: {base: 1ms, cap: 5ms}
    output: {results: results.jsonl}
    \(more)
    """
}
