import ArgumentParser
import Sluice

/// Where requests go and how they get there; each option wins over what a job file says.
struct EndpointOptions: ParsableArguments {
    @Option(
        name: .customLong("base-url"),
        help: ArgumentHelp("The endpoint, such as http://127.0.0.1:8000/v1; EvoLink's without.", valueName: "url"))
    var baseURL: String?

    @Option(help: ArgumentHelp("The environment variable that holds the key.", valueName: "name"))
    var keyEnv: String?

    @Option(help: ArgumentHelp("A file whose only line is the key.", valueName: "path"))
    var keyFile: String?

    @Option(help: ArgumentHelp("bearer, or api-key as Azure has it.", valueName: "kind"))
    var keyHeader: Endpoint.KeyHeader?

    @Option(
        name: .customLong("header"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A further header line; may be repeated.", valueName: "name: value"))
    var headers: [String] = []

    @Option(
        name: .customLong("query"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A parameter of every URL, such as api-version=2024-10-21; may be repeated.", valueName: "name=value"))
    var query: [String] = []

    @Option(
        name: .customLong("ca-file"),
        help: ArgumentHelp("PEM certificates to trust in place of the system's.", valueName: "path"))
    var authorityFile: String?

    @Flag(help: "Do not check the endpoint's certificate.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "Whether streams are asked for their usage: auto, always or never.", valueName: "when"))
    var includeUsage: Endpoint.UsageRequest?

    /// Of a job with several endpoints, a base URL takes the place of them all; nothing else says which of them it means.
    func apply(to endpoints: inout [Endpoint]) throws {
        if endpoints.count > 1 {
            guard let baseURL else {
                guard let flag = flags.first else { return }
                throw ValidationError(
                    "\(flag) does not say which of the job's \(endpoints.count) endpoints it means; "
                        + "write it in the job file, or give --base-url to send everything there")
            }
            endpoints = [Endpoint(baseURL: try Self.baseURL(baseURL))]
        }
        try apply(to: &endpoints[0])
    }

    /// Those that are given, `--base-url` aside.
    private var flags: [String] {
        let given = [
            ("--key-env", keyEnv != nil), ("--key-file", keyFile != nil), ("--key-header", keyHeader != nil),
            ("--header", !headers.isEmpty), ("--query", !query.isEmpty), ("--ca-file", authorityFile != nil),
            ("--insecure", insecure), ("--include-usage", includeUsage != nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    private func apply(to endpoint: inout Endpoint) throws {
        if let baseURL { endpoint.baseURL = try Self.baseURL(baseURL) }
        try applyKey(to: &endpoint)
        for line in headers {
            guard let colon = line.firstIndex(of: ":") else {
                throw ValidationError("--header takes a line such as 'X-Title: nightly'")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            let field = Endpoint.Field(name: String(line[..<colon]), value: String(value))
            if let fault = HeaderRules.fault(of: field) { throw ValidationError("--header: \(fault)") }
            endpoint.headers.removeAll { $0.name.lowercased() == field.name.lowercased() }
            endpoint.headers.append(field)
        }
        for parameter in query {
            guard let equals = parameter.firstIndex(of: "="), equals != parameter.startIndex else {
                throw ValidationError("--query takes name=value, such as api-version=2024-10-21")
            }
            let field = Endpoint.Field(
                name: String(parameter[..<equals]), value: String(parameter[parameter.index(after: equals)...]))
            endpoint.query.removeAll { $0.name == field.name }
            endpoint.query.append(field)
        }
        if let authorityFile { endpoint.authorityFile = authorityFile }
        if let includeUsage { endpoint.usageRequest = includeUsage }
        if insecure { endpoint.insecure = true }
    }

    private func applyKey(to endpoint: inout Endpoint) throws {
        guard keyEnv == nil || keyFile == nil else {
            throw ValidationError("--key-env and --key-file exclude each other")
        }
        if let keyEnv {
            guard HeaderRules.isVariableName(keyEnv) else {
                throw ValidationError("--key-env takes the name of an environment variable, not the key itself")
            }
            endpoint.key = .environment(keyEnv)
        }
        if let keyFile { endpoint.key = .file(keyFile) }
        if let keyHeader { endpoint.keyHeader = keyHeader }
    }

    static func baseURL(_ text: String) throws -> BaseURL {
        do {
            return try BaseURL(text)
        } catch {
            throw ValidationError("--base-url \(error.description)")
        }
    }
}

extension Endpoint.KeyHeader: ExpressibleByArgument {}
extension Endpoint.UsageRequest: ExpressibleByArgument {}
