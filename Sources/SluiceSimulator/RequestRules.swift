import JSON

/// What an endpoint demands of a request, and what of it is ignored.
package struct RequestRules: Sendable {
    /// What becomes of a member that the endpoint does not know.
    package enum UnknownKeys: Sendable {
        case ignored
        /// Status 400 in OpenAI's words.
        case unknownParameter
        /// Status 400 in the words of Google's JSON reader.
        case cannotFindField
        /// Status 422 in the words of pydantic.
        case extraForbidden
    }

    package var unknownKeys = UnknownKeys.ignored
    /// The members that a chat completion may have; looked at unless unknown keys are ignored.
    package var chatKeys: Set<String> = []
    /// Members that limit an answer's tokens.
    package var chatTokenLimits = ["max_tokens", "max_completion_tokens"]
    /// Models that reason refuse `max_tokens`.
    package var refusesMaximumTokensOfReasoners = false
    /// `stream_options` is refused where nothing is streamed.
    package var refusesStreamOptionsWithoutStream = false
    /// A number of choices other than 1 is refused.
    package var refusesChoices = false
    /// A number of choices other than 1 is overlooked.
    package var ignoresChoices = false
    /// Images must come within the request.
    package var refusesRemoteImages = false
    /// The status for a body that is not JSON, and for a member of a wrong type or value.
    package var malformedStatus = 400
    package var invalidStatus = 400

    package init() {}

    var notJSON: RequestProblem {
        var problem = RequestProblem.notJSON
        problem.status = malformedStatus
        return problem
    }

    func tokenLimits(of operation: Operation) -> [String] {
        switch operation {
        case .chat: chatTokenLimits
        case .completions: ["max_tokens"]
        case .responses: ["max_output_tokens"]
        case .embeddings, .moderations: []
        }
    }

    /// Refuses the first member that a chat completion may not have.
    func checkKeys(of root: JSONValue, operation: Operation) throws(RequestProblem) {
        if case .ignored = unknownKeys { return }
        guard operation == .chat else { return }
        for member in root.members {
            guard let key = member.key.string, !chatKeys.contains(key) else { continue }
            var problem = RequestProblem(message: "", unknownKey: key)
            switch unknownKeys {
            case .ignored: return
            case .unknownParameter:
                problem.message = "Unknown parameter: '\(key)'."
                problem.parameter = key
                problem.code = "unknown_parameter"
            case .cannotFindField:
                problem.message = "Invalid JSON payload received. Unknown name \"\(key)\": Cannot find field."
            case .extraForbidden:
                problem.status = 422
                problem.message = "Extra inputs are not permitted"
            }
            throw problem
        }
    }

    /// Refuses an image that would have to be fetched.
    func checkParts(of content: JSONValue?) throws(RequestProblem) {
        guard refusesRemoteImages, let content else { return }
        for part in content.elements {
            guard let image = part["image_url"] else { continue }
            let address = (image["url"] ?? image).string ?? ""
            guard !address.utf8.starts(with: "data:".utf8) else { continue }
            throw RequestProblem(message: "invalid image input", parameter: nil, code: nil)
        }
    }

    /// Refuses what is known and not allowed.
    func check(_ root: JSONValue, _ request: ModelRequest) throws(RequestProblem) {
        if refusesChoices, request.choices != 1 {
            throw RequestProblem(message: "'n' : number must be at most 1", parameter: "n", code: nil)
        }
        guard request.operation == .chat else { return }
        if refusesStreamOptionsWithoutStream, !request.streams, let options = root["stream_options"],
            !options.isNull
        {
            throw RequestProblem(
                message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                parameter: "stream_options", code: nil)
        }
        guard refusesMaximumTokensOfReasoners else { return }
        let model = request.model.dropFirst()
        let reasons = ["gpt-5", "o1", "o3", "o4"].contains { model.starts(with: $0.utf8) }
        if reasons, let maximum = root["max_tokens"], !maximum.isNull {
            throw RequestProblem(
                message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                    + "'max_completion_tokens' instead.", parameter: "max_tokens", code: "unsupported_parameter")
        }
    }
}
