import Foundation
import JSON
import Testing

@testable import Sluice

/// One answer as a provider sends it, and what has to be made of it: a file of `Tests/Fixtures/providers`.
///
/// The simulated endpoint replays the same files.
struct ProviderFixture: Sendable, CustomTestStringConvertible {
    let name: String
    /// The path that was asked.
    let url: String
    let answer: HTTPAnswer
    /// The body in the pieces that it is sent in; one, unless it is a stream.
    let pieces: [[UInt8]]
    /// The body is a stream of events.
    let isStream: Bool
    /// The connection is cut behind the body.
    let isCut: Bool
    let expect: Expectation

    var testDescription: String { name }

    /// The key that some of them repeat.
    static let key = "sk-fixture-0123456789"

    /// What the transport hands on.
    var result: Result<HTTPAnswer, TransportFailure> {
        guard isCut else { return .success(answer) }
        return .failure(TransportFailure(kind: .reset, message: "reset", sentBytes: true, partial: answer))
    }

    /// Everything is optional: what a file does not say is not checked.
    struct Expectation: Sendable {
        /// `ok`, `retry throttled`, `stop quota`: how `Verdict.name` says it.
        let verdict: String
        /// Nil where nothing is said, a nil inside where there is no text.
        var text: String??
        var finishReason: String?
        var model: String?
        var requestID: String?
        var errorCode: String?
        /// A part of the words.
        var error: String?
        /// A part of the tool calls as written.
        var toolCalls: String?
        var usage: Usage?
        /// The fields of `usage` that are checked.
        var usageFields: Set<String> = []
        var wait: Duration?
        /// In US dollars; nil where nothing is said, a nil inside where no cost is reported.
        var reportedCost: String??
        var possiblyBilled: Bool?
    }

    /// All of them, by name. Empty where the folder is missing, which a test notices.
    static let all: [ProviderFixture] = files.compactMap { try? ProviderFixture(path: $0) }

    static let files: [String] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.deletingLastPathComponent().appendingPathComponent("Fixtures/providers").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" }
    }()

    struct Malformed: Error {
        let path: String
        let what: String
    }

    init(path: String) throws {
        let parser = JSONParser()
        let root = try parser.parse([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        func required<Value>(_ value: Value?, _ what: String) throws -> Value {
            guard let value else { throw Malformed(path: path, what: what) }
            return value
        }
        name = try required(root["name"]?.string, "name")
        guard path.hasSuffix("/\(name).json") else { throw Malformed(path: path, what: "name") }
        url = root["url"]?.string ?? "/v1/chat/completions"
        var block: [UInt8] = []
        for field in try required(root["headers"], "headers").elements {
            block += try required(field[0]?.string, "headers").utf8
            block += ": ".utf8
            block += try required(field[1]?.string, "headers").utf8
            block += "\r\n".utf8
        }
        if let chunks = root["chunks"] {
            pieces = try chunks.elements.map { Array(try required($0.string, "chunks").utf8) }
        } else if let encoded = root["body_base64"]?.string {
            pieces = [[UInt8](try required(Data(base64Encoded: encoded), "body_base64"))]
        } else {
            pieces = [Array(try required(root["body"]?.string, "body").utf8)]
        }
        isStream = root["chunks"] != nil
        isCut = root["close"]?.bool ?? false
        answer = HTTPAnswer(
            status: Int(try required(root["status"]?.integer, "status")), headers: HTTPHeaders(block: block),
            body: pieces.flatMap(\.self))
        expect = try Expectation(try required(root["expect"], "expect"), path: path)
    }
}

extension ProviderFixture.Expectation {
    fileprivate init(_ value: JSONValue, path: String) throws {
        guard let verdict = value["class"]?.string ?? value["verdict"]?.string else {
            throw ProviderFixture.Malformed(path: path, what: "verdict")
        }
        self.verdict = verdict
        for (key, value) in value.members {
            let text = value.string
            switch key.string {
            case "class", "verdict": break
            case "text": self.text = .some(text)
            case "finish_reason": finishReason = text
            case "model": model = text
            case "request_id": requestID = text
            case "error_code": errorCode = text
            case "error": error = text
            case "tool_calls": toolCalls = text
            case "usage":
                usage = Usage(value)
                usageFields = Set(value.members.compactMap { $0.key.string })
            case "wait_ms": wait = value.integer.map { .milliseconds($0) }
            case "reported_cost": reportedCost = .some(text)
            case "possibly_billed": possiblyBilled = value.bool
            default: throw ProviderFixture.Malformed(path: path, what: key.string ?? "")
            }
        }
    }
}

extension Usage {
    /// The fields by the names that fixtures have for them.
    subscript(name: String) -> Int? {
        switch name {
        case "prompt_tokens": promptTokens
        case "completion_tokens": completionTokens
        case "total_tokens": totalTokens
        case "cached_tokens": cachedTokens
        case "cache_write_tokens": cacheWriteTokens
        case "reasoning_tokens": reasoningTokens
        default: nil
        }
    }
}

extension Verdict {
    /// What fixtures say of it.
    var name: String {
        switch self {
        case .settle(let resultClass): resultClass.rawValue
        case .retry(.throttled, _): "retry throttled"
        case .retry(.status, _): "retry status"
        case .retry(.transport, _): "retry transport"
        case .retry(.unusable, _): "retry unusable"
        case .retry(.cancelled, _): "retry cancelled"
        case .stop(let cause, _): "stop \(cause)"
        }
    }
}
