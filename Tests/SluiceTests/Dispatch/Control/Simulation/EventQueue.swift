/// Events in the order of their time, and of their making where that is the same: a binary heap.
struct EventQueue {
    private struct Entry {
        var time: Double
        var order: Int
        var event: VirtualEvent

        func isBefore(_ other: Entry) -> Bool { time != other.time ? time < other.time : order < other.order }
    }

    private var heap: [Entry] = []
    private var made = 0

    mutating func add(_ event: VirtualEvent, at time: Double) {
        let entry = Entry(time: time, order: made, event: event)
        made += 1
        heap.append(entry)
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.isBefore(heap[parent]) else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = entry
    }

    mutating func next() -> (time: Double, event: VirtualEvent)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return (first.time, first.event) }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(last) else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = last
        return (first.time, first.event)
    }
}

/// What happens in a simulation.
enum VirtualEvent {
    case wake(client: Int)
    case arrive(VirtualRequest)
    case served(VirtualRequest)
    case refused(VirtualRequest, VirtualServer.Head)
    case answered(VirtualRequest)
    case unreachable(VirtualRequest)
    case durable(VirtualRequest)
    case due(client: Int, row: Int)
}
