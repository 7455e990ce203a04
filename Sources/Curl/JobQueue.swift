/// Swift jobs waiting for the loop's thread, first in, first out: a ring that grows and never shrinks.
///
/// Belongs to the loop's thread.
struct JobQueue {
    private var ring: [UnownedJob?] = Array(repeating: nil, count: 64)
    private var head = 0
    private(set) var count = 0

    mutating func append(_ job: UnownedJob) {
        if count == ring.count { grow() }
        ring[(head &+ count) & (ring.count &- 1)] = job
        count &+= 1
    }

    mutating func popFirst() -> UnownedJob? {
        guard count > 0 else { return nil }
        let job = ring[head].take()
        head = (head &+ 1) & (ring.count &- 1)
        count &-= 1
        return job
    }

    private mutating func grow() {
        var wider: [UnownedJob?] = Array(repeating: nil, count: ring.count * 2)
        for index in 0..<count { wider[index] = ring[(head &+ index) & (ring.count &- 1)] }
        ring = wider
        head = 0
    }
}
