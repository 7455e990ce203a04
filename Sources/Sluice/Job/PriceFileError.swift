/// Why a price file cannot be used. The description is one sentence that names the file.
package enum PriceFileError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    /// Line and column from 1; columns count bytes.
    case notJSON(path: String, line: Int, column: Int, reason: String)
    case notPrices(path: String)
    /// The job names a model that the file does not have.
    case noModel(path: String, model: String, near: String?)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "the price file \(path) \(reason)"
        case .notJSON(let path, let line, let column, let reason):
            "\(path):\(line):\(column): the price file is not JSON: \(reason)"
        case .notPrices(let path):
            "the price file \(path) is not in LiteLLM's format: it must be an object that has for each model's name "
                + "an object with input_cost_per_token and output_cost_per_token"
        case .noModel(let path, let model, let near):
            "the price file \(path) has no price for the model '\(ColumnNames.printable(model))'"
                + (near.map { "; did you mean '\(ColumnNames.printable($0))'?" } ?? "")
        }
    }

    static func notJSON(path: String, offset: Int, of bytes: [UInt8], reason: String) -> PriceFileError {
        let before = bytes.prefix(max(offset, 0))
        let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return .notJSON(path: path, line: line, column: before.count - start + 1, reason: reason)
    }
}
