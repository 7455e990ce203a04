import JSON

/// Collects what is wrong with one request's body, with offsets into the document that was checked.
struct RequestFaults {
    private(set) var items: [(offset: Int?, reason: String)] = []

    var isEmpty: Bool { items.isEmpty }

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
    }

    mutating func add(_ reason: String, at value: JSONValue?) {
        add(reason, offset: value?.range.lowerBound)
    }

    mutating func add(_ reason: String, offset: Int? = nil) {
        guard items.count < RowProblem.maximumCount else { return }
        items.append((offset, reason))
    }
}
