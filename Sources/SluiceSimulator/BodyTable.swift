/// Every body that was begun, by its 64-bit hash: how often it was begun and how often answered.
///
/// Open addressing with linear probing; a slot is 16 bytes and up to four fifths of the slots are taken. It is cut into
/// shards that grow by half one at a time, so that no single request waits for millions of entries to move. Two bodies
/// with one hash would count as one: at ten million bodies the chance that any pair does is 3 in a million.
struct BodyTable: Sendable {
    struct Entry: Sendable {
        /// 0 marks an empty slot.
        fileprivate var hash: UInt64 = 0
        var begun: UInt32 = 0
        var answered: UInt32 = 0
    }

    fileprivate struct Shard: Sendable {
        var entries: [Entry] = []
        var count = 0
    }

    private static let shardCount = 256
    private var shards = [Shard](repeating: Shard(), count: shardCount)
    private(set) var count = 0

    /// Calls `body` with the entry of `hash`, which is made when there is none.
    mutating func update<Result>(_ hash: UInt64, _ body: (inout Entry) -> Result) -> Result {
        let hash = hash == 0 ? 1 : hash
        let shard = Int(hash & UInt64(Self.shardCount - 1))
        if shards[shard].count * 5 >= shards[shard].entries.count * 4 {
            shards[shard].grow()
        }
        let slot = shards[shard].slot(of: hash)
        if shards[shard].entries[slot].hash == 0 {
            shards[shard].entries[slot].hash = hash
            shards[shard].count += 1
            count += 1
        }
        return body(&shards[shard].entries[slot])
    }

    mutating func removeAll() {
        self = BodyTable()
    }
}

extension BodyTable.Shard {
    /// Where `hash` stands, or the empty slot where it belongs. There is always an empty slot.
    fileprivate func slot(of hash: UInt64) -> Int {
        var slot = Int(hash.multipliedFullWidth(by: UInt64(entries.count)).high)
        while entries[slot].hash != hash && entries[slot].hash != 0 {
            slot += 1
            if slot == entries.count { slot = 0 }
        }
        return slot
    }

    fileprivate mutating func grow() {
        let old = entries
        entries = [BodyTable.Entry](repeating: BodyTable.Entry(), count: max(16, old.count + old.count / 2))
        for entry in old where entry.hash != 0 {
            entries[slot(of: entry.hash)] = entry
        }
    }
}
