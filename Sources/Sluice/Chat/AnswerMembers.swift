import JSON

/// What stands at an answer's top level, found in one walk over it; of a name that is repeated, the last.
///
/// Nearly every answer is read by all of these names: to look for each by itself is to read all keys as many times.
struct AnswerMembers {
    enum Name: String, CaseIterable, Sendable {
        case model, usage, error, object, type, choices, output, data, results, status
        case tier = "service_tier"
        case requestID = "request_id"
        case incompleteDetails = "incomplete_details"
    }

    static let names = MemberNames<Name>()

    private(set) var choices: JSONValue?
    private(set) var output: JSONValue?
    private(set) var data: JSONValue?
    private(set) var results: JSONValue?
    private(set) var status: JSONValue?
    private(set) var incompleteDetails: JSONValue?
    private var hasError = false
    private var isErrorByObject = false
    private var isErrorByType = false

    init() {}

    init(_ root: JSONValue) {
        Self.names.forEach(in: root) { take($0, $1) }
    }

    mutating func take(_ name: Name, _ value: JSONValue) {
        switch name {
        case .choices: choices = value
        case .output: output = value
        case .data: data = value
        case .results: results = value
        case .status: status = value
        case .incompleteDetails: incompleteDetails = value
        case .error: hasError = value.isTruthy
        case .object: isErrorByObject = value.isString("error")
        case .type: isErrorByType = value.isString("error")
        case .model, .usage, .tier, .requestID: break
        }
    }

    /// Whether they name an error outright: where they do not, an answer of status 200 is none.
    var nameAnError: Bool { hasError || isErrorByObject || isErrorByType }
}
