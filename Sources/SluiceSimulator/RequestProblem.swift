/// Why a request is refused before anything is worked on.
struct RequestProblem: Error {
    var status = 400
    var message: String
    var parameter: String?
    var code: String?
    /// An unknown key, which some endpoints word in a way of their own.
    var unknownKey: String?

    static let notJSON = RequestProblem(
        message: "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your "
            + "HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
        parameter: nil, code: nil)

    static func invalidType(_ parameter: String, expected: String) -> RequestProblem {
        RequestProblem(
            message: "Invalid type for '\(parameter)': expected \(expected).", parameter: parameter,
            code: "invalid_type")
    }

    static func missing(_ parameter: String) -> RequestProblem {
        RequestProblem(
            message: "Missing required parameter: '\(parameter)'.", parameter: parameter,
            code: "missing_required_parameter")
    }

    static func empty(_ parameter: String) -> RequestProblem {
        RequestProblem(
            message: "Invalid '\(parameter)': empty array. Expected an array with minimum length 1.",
            parameter: parameter, code: "empty_array")
    }
}
