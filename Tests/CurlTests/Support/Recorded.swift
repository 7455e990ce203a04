import Synchronization

/// What happened, in order, noted from any thread.
final class Recorded<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func note(_ element: Element) {
        elements.withLock { $0.append(element) }
    }

    func note(contentsOf more: some Sequence<Element>) {
        for element in more { note(element) }
    }
}
