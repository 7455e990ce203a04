/// A number for each class.
package struct ClassCounts: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private var counts = [Int](repeating: 0, count: ResultClass.allCases.count)

    package init() {}

    package init(dictionaryLiteral elements: (ResultClass, Int)...) {
        for (resultClass, count) in elements { self[resultClass] = count }
    }

    package subscript(_ resultClass: ResultClass) -> Int {
        get { counts[Self.place(of: resultClass)] }
        set { counts[Self.place(of: resultClass)] = newValue }
    }

    package var sum: Int { counts.reduce(0, +) }

    mutating func add(_ other: ClassCounts) {
        for place in counts.indices { counts[place] += other.counts[place] }
    }

    private static func place(of resultClass: ResultClass) -> Int {
        switch resultClass {
        case .ok: 0
        case .truncated: 1
        case .refused: 2
        case .filtered: 3
        case .invalid: 4
        case .failed: 5
        case .skipped: 6
        case .unsent: 7
        }
    }
}
