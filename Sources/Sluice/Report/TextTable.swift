/// Lines of a name and a value, the values below each other.
package struct TextTable {
    private var rows: [(String, String)] = []

    package init() {}

    package mutating func add(_ name: String, _ value: String) { rows.append((name, value)) }

    package var text: String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value + "\n"
        }.joined()
    }
}
