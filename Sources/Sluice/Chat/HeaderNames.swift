/// Names of header lines that a reader knows, each with what it means to the reader: one look at a line's name tells.
struct HeaderNames<Meaning: Sendable>: Sendable {
    private struct Entry: Sendable {
        /// Where the name stands in `text`.
        let place: Int
        let meaning: Meaning
    }

    /// Shorter names first.
    private let entries: [Entry]
    /// The names in that order, one after the other.
    private let text: [UInt8]
    /// For each length the first name that is as long or longer.
    private let firstOfLength: [Int]

    /// - Parameter names: in lower case.
    init(_ names: [(name: String, meaning: Meaning)]) {
        let sorted = names.sorted { $0.name.utf8.count < $1.name.utf8.count }
        var entries: [Entry] = []
        var text: [UInt8] = []
        for (name, meaning) in sorted {
            entries.append(Entry(place: text.count, meaning: meaning))
            text += name.utf8
        }
        self.entries = entries
        self.text = text
        firstOfLength = (0...(sorted.last?.name.utf8.count ?? 0) + 1).map { length in
            sorted.firstIndex { $0.name.utf8.count >= length } ?? sorted.count
        }
    }

    /// What a line of this name means; nil where the name is not known. Case does not count.
    func meaning(of name: UnsafeRawBufferPointer) -> Meaning? {
        guard name.count + 1 < firstOfLength.count else { return nil }
        for index in firstOfLength[name.count]..<firstOfLength[name.count + 1]
        where isAlike(name, at: entries[index].place) {
            return entries[index].meaning
        }
        return nil
    }

    private func isAlike(_ name: UnsafeRawBufferPointer, at place: Int) -> Bool {
        text.withUnsafeBytes { text in
            name.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: text[place..<place + name.count]))
        }
    }
}
