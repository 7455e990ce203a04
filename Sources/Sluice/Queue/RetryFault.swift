/// Why no row can be put back as it was asked for. Each description is a sentence that names what there is.
package enum RetryFault: Error, Sendable, Equatable, CustomStringConvertible {
    case unknownClass(String)
    case unsentClass
    case unknownCode(String, run: Int64, known: [String])
    case unknownID(String, run: Int64)

    package var description: String {
        switch self {
        case .unknownClass(let name):
            "there is no class '\(name)'; classes are \(Self.list(RetrySelection.settledClasses.map(\.rawValue)))"
        case .unsentClass:
            "unsent rows need not be put back: `sluice run` sends them"
        case .unknownCode(let code, let run, let known):
            known.isEmpty
                ? "no row of run \(run) ended with an error code, so none with '\(code)'"
                : "no row of run \(run) ended with the error code '\(code)'; its codes are \(Self.list(known))"
        case .unknownID(let id, let run):
            "run \(run) has no row '\(id)' in its plan; `sluice export \(run)` lists them"
        }
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
