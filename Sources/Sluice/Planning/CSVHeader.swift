import CSV
import JSON

/// The column names of a CSV input; one object for all rows of a file.
package final class CSVHeader: Sendable {
    package let names: [String]
    private let positions: [String: Int]

    /// Each column's name as a JSON key, with what stands before and after it: `{"id":`, `,"text":`.
    private let keys: [[UInt8]]

    /// A header from its row, or why it is none.
    static func read(_ row: CSVRow) -> Result<CSVHeader, Fault> {
        var names: [String] = []
        var positions: [String: Int] = [:]
        for position in 0..<row.count {
            let bytes = row[position]
            guard JSONText.isValidUTF8(bytes) else {
                return .failure(Fault(detail: "the name of column \(position + 1) is not UTF-8"))
            }
            let name = String(decoding: bytes, as: UTF8.self)
            guard !name.allSatisfy(\.isWhitespace) else {
                return .failure(Fault(detail: "column \(position + 1) has no name"))
            }
            if let earlier = positions.updateValue(position, forKey: name) {
                let places = "columns \(earlier + 1) and \(position + 1)"
                return .failure(Fault(detail: "\(places) are both named \(quoted(name))"))
            }
            names.append(name)
        }
        return .success(CSVHeader(names: names, positions: positions))
    }

    struct Fault: Error { var detail: String }

    private init(names: [String], positions: [String: Int]) {
        self.names = names
        self.positions = positions
        keys = names.enumerated().map { position, name in
            var key = [UInt8(ascii: position == 0 ? "{" : ",")]
            JSONText.appendString(name, to: &key)
            key.append(UInt8(ascii: ":"))
            return key
        }
    }

    /// A column's position, from 0: look it up once and read fields by position.
    package func position(of name: String) -> Int? { positions[name] }

    /// Appends a row with as many fields as the header as one JSON object of strings.
    func appendJSONObject(of row: CSVRow, to target: inout [UInt8]) {
        for (position, key) in keys.enumerated() {
            target.append(contentsOf: key)
            row.withField(position) { JSONText.appendString($0, to: &target) }
        }
        target.append(UInt8(ascii: "}"))
    }

    /// A name for messages: quoted, without raw control characters, cut after 64 of its characters.
    static func quoted(_ name: String) -> String {
        var text: [UInt8] = []
        JSONText.appendString(String(name.prefix(64)) + (name.count > 64 ? "…" : ""), to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
