/// One profile's handles that are free, and its turn at looking its host's name up. Belongs to the loop's thread.
final class TransferPool {
    let profile: TransferProfile
    let address: ParsedURL
    /// The engine outlives its pools: it lets them go in its `stop` or its `deinit`.
    unowned(unsafe) let engine: TransferEngine
    /// The handle used last is taken first: its share holds a connection that is still warm.
    // Unchecked: what is done with the list calls nothing that comes back here.
    @exclusivity(unchecked) private var free: [Transfer] = []
    private var share: ConnectionShare?
    private(set) var used = 0

    /// The transfer that is looking the host's name up. libcurl starts a thread for each lookup, so one does it and
    /// the others come after, when the name is in libcurl's cache.
    var lookup: Transfer?
    /// Transfers that wait for that lookup; libcurl does not know them for the moment.
    var waiting: [Transfer] = []

    /// Returns nil if libcurl has no memory for the profile's URL.
    init?(profile: TransferProfile, engine: TransferEngine) {
        guard let address = ParsedURL(profile.url) else { return nil }
        self.profile = profile
        self.address = address
        self.engine = engine
    }

    /// A free handle, or a new one; nil if libcurl cannot make one.
    func take() -> Transfer? {
        guard let transfer = free.popLast() ?? make() else { return nil }
        used += 1
        return transfer
    }

    func giveBack(_ transfer: Transfer) {
        used -= 1
        free.append(transfer)
    }

    /// Lets handles go that were free since before `instant`, and with them their connections.
    func drop(idleSince instant: LoopInstant) {
        // The list is in the order of becoming free.
        let count = free.firstIndex { $0.idleSince >= instant } ?? free.count
        free.removeFirst(count)
        if free.isEmpty && used == 0 { share = nil }
    }

    private func make() -> Transfer? {
        if profile.version == .http1 && (share?.handles ?? ConnectionShare.capacity) == ConnectionShare.capacity {
            share = ConnectionShare()
        }
        // HTTP/2 uses the multi handle's own cache: many requests go over one connection.
        share?.handles += 1
        return Transfer(pool: self, share: share)
    }
}
