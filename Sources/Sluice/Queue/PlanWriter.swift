import SQLite

/// Compares the rows of a new plan, one by one, with the plan in force, and stages the difference.
///
/// A plan is a revision of its run. Rows that it brings are written with the next revision's number and rows that it
/// replaces or removes are marked as retired by it, which means nothing until `putInForce` makes that revision the
/// run's: an invalid plan or a crash half-way leaves the plan before as it was.
///
/// While the new rows are the same as the old ones in the same order nothing is looked up or written: the two are
/// read side by side. From the first other row on, rows are found by custom_id.
package final class PlanWriter {
    package enum Mode: Sendable {
        case write
        /// Only compare: the queue may be read-only.
        case compare
    }

    private let queue: Queue
    var database: Database { queue.database }
    let run: RunRecord
    private let mode: Mode
    private let next: Int64

    // Unchecked, here and below: counting calls nothing that comes back here.
    @exclusivity(unchecked) private(set) package var difference = PlanDifference()
    /// Told of every row that is to be sent.
    @exclusivity(unchecked) package var budgetCheck: BudgetCheck?
    @exclusivity(unchecked) private var position = 0
    /// Rows were placed by their custom_id that have a past in this run.
    private var didReuse = false
    /// The rows in force, in order, as long as the new plan follows them; nil once it does not.
    private var alongside: Statement?
    /// How many rows of the plan in force the new one followed before it left them.
    private var followed = 0

    private let staging: PlanStaging
    /// Where the job takes over answers of other runs.
    private var identical: IdenticalRequests?
    private var prepared: PlanInsertion?
    private var insertedID: Int64 = 0
    /// The least number that this plan has given.
    private var firstID: Int64?

    /// - Parameter reuse: which answers of other runs new rows may take over; nil where every row is to be sent.
    package init(_ queue: Queue, run: RunRecord, mode: Mode, reuse: AnswerReuse? = nil) throws {
        self.queue = queue
        self.run = run
        self.mode = mode
        next = run.revision + 1
        staging = PlanStaging(queue.database, run: run)
        try queue.database.execute(Self.scratch)
        if mode == .write, run.isPlanning { try staging.clear() }
        identical = try reuse.map {
            try IdenticalRequests(queue, run: run.id, reuse: $0, mayWrite: mode == .write)
        }
        if run.revision > 0, run.rows > 0 {
            let rows = try database.statement(Self.inForce)
            try rows.bind(1, run.id)
            try rows.bind(2, run.revision)
            alongside = rows
        }
    }

    /// Takes the next row of the plan.
    ///
    /// - Returns: nil, or what is wrong with the row: its custom_id stands in the plan already.
    package func add(_ request: PlannedRequest) throws -> String? {
        if mode == .compare || alongside != nil { try staging.beginReading() } else { try staging.begin() }
        let customID = try request.customID ?? unnamed(request.fingerprint)
        if try !follows(customID, request), let fault = try place(customID, request) { return fault }
        position += 1
        return nil
    }

    /// Takes the next rows of the plan.
    ///
    /// - Returns: which are wrong, by their line, and what is wrong with them, in their order.
    package func add(_ requests: [PlannedRequest]) throws -> [(line: Int, fault: String)] {
        // With nothing to compare with, nothing is to be known of a row before the next is written.
        let isFirst = mode == .write && run.revision == 0 && identical == nil
        var faults: [(line: Int, fault: String)] = []
        var rest = requests[...]
        while let request = rest.first {
            if isFirst, PlanInsertion.goTogether(rest) {
                faults += try insertTogether(rest.prefix(PlanInsertion.rowsTogether))
                rest = rest.dropFirst(PlanInsertion.rowsTogether)
            } else {
                if let fault = try add(request) { faults.append((request.line, fault)) }
                rest = rest.dropFirst()
            }
        }
        return faults
    }

    /// Lets go of the queue's locks until the next row.
    package func pause() throws { try staging.flush() }

    /// Ends the staging: all rows have been given.
    package func endStaging() throws {
        stopFollowing()
        try staging.flush()
        try staging.endCheckpoints()
    }

    /// Makes the staged plan the run's, in one transaction.
    ///
    /// - Parameters:
    ///   - input: the prompt file, where it is not the one of before.
    ///   - identity: what the plan was made from, where that is known.
    /// - Returns: the run as it now is.
    package func putInForce(
        at now: Timestamp, input: String? = nil, identity: PlanIdentity? = nil
    ) throws -> RunRecord {
        try endStaging()
        try database.transaction {
            difference.removed = try retireUnseen()
            try database.execute(
                """
                UPDATE states SET seq = m.seq, line = m.line, priority = m.priority, retired = NULL
                FROM temp.moves m WHERE request_id = m.id
                """)
            try database.execute("INSERT OR IGNORE INTO inputs SELECT id, columns FROM temp.columns")
            try queue.updatePlaces()
            let flip = try database.statement(Self.flip)
            try flip.bind(1, run.id)
            try flip.bind(2, next)
            try flip.bind(3, difference.rows)
            try flip.bind(4, now.milliseconds)
            try flip.bind(5, input)
            // A first plan has written all rows of its run.
            try flip.bind(6, run.revision == 0 ? firstID : nil)
            try flip.run()
            try queue.keep(identity, run: run.id, revision: next)
            if difference.changed + difference.removed > 0 || didReuse { try queue.recountClasses(run: run.id) }
        }
        guard let current = try queue.run(id: run.id) else {
            throw QueueError.noRun(wanted: "\(run.id)", path: queue.path)
        }
        return current
    }

    /// What `putInForce` would come to, where nothing is written.
    package func compared() throws -> PlanDifference {
        stopFollowing()
        let count = try database.statement("SELECT count(*) \(Self.unseen)")
        try bindUnseen(count)
        difference.removed = try count.step() ? Int(count.integer(0)) : 0
        count.reset()
        try staging.flush()
        return difference
    }

    /// Takes back what was staged.
    package func abandon() throws {
        stopFollowing()
        try staging.abandon()
    }

    // MARK: Following the plan in force

    private func follows(_ customID: String, _ request: PlannedRequest) throws -> Bool {
        guard let row = alongside else { return false }
        guard try row.step() else {
            stopFollowing()
            return false
        }
        let isSame =
            row.withBytes(0) { $0.elementsEqual(customID.utf8) }
            && row.withBytes(1) { Fingerprint(bytes: $0) } == request.fingerprint
            && row.integer(4) == Int64(request.priority)
        guard isSame else {
            stopFollowing()
            return false
        }
        followed += 1
        countReusable(request, isSettled: row.integer(2) != 0)
        try keep(request, id: row.integer(3))
        return true
    }

    private func countReusable(_ request: PlannedRequest, isSettled: Bool) {
        difference.reusable += 1
        if isSettled { difference.settled += 1 } else { countToSend(request) }
    }

    private func countToSend(_ request: PlannedRequest) {
        difference.estimate.add(
            model: request.model, promptTokens: request.estimatedPromptTokens, outputLimit: request.maximumOutputTokens)
        budgetCheck?.add(request)
        for attachment in request.attachments { difference.estimate.add(fileBytes: attachment.bytes) }
    }

    private func stopFollowing() {
        alongside?.reset()
        alongside = nil
    }

    // MARK: Placing a row by its custom_id

    private func place(_ customID: String, _ request: PlannedRequest) throws -> String? {
        if mode == .write { try staging.begin() }
        let known = run.revision > 0 ? try find(customID) : nil
        if let known {
            guard known.seq >= followed, try note("INSERT OR IGNORE INTO temp.seen VALUES (?1)", known.id) else {
                return Self.duplicate
            }
            if request.fingerprint == known.fingerprint {
                if known.seq != position { difference.moved += 1 }
                try reuse(known, request)
                return nil
            }
        }
        // What was sent before, replaced or removed by a plan in between and now back, is not paid for again.
        if let former = try run.revision > 0 ? findRetired(customID, request.fingerprint) : nil {
            guard try noteNew(customID), try note("INSERT OR IGNORE INTO temp.seen VALUES (?1)", former.id) else {
                return Self.duplicate
            }
            if let known { try retire(known.id) }
            try reuse(former, request)
            return nil
        }
        if known == nil, run.revision > 0 || mode == .compare {
            guard try noteNew(customID) else { return Self.duplicate }
        }
        if mode == .write, try !insert(customID, request) { return Self.duplicate }
        if let known { try retire(known.id) }
        if known == nil { difference.new += 1 } else { difference.changed += 1 }
        if try !isAnsweredElsewhere(request) { countToSend(request) }
        return nil
    }

    /// Gives the row that was just written the answer that another run has to the same request.
    private func isAnsweredElsewhere(_ request: PlannedRequest) throws -> Bool {
        guard identical != nil else { return false }
        // Found and taken over in one transaction: nobody deletes it in between.
        if mode == .write { try staging.begin() }
        guard let match = try identical?.find(request.fingerprint) else { return false }
        difference.reused += 1
        guard mode == .write else { return true }
        try staging.writeStates()
        try identical?.give(match, to: insertedID)
        didReuse = true
        try staging.count(bytes: match.answerBytes)
        return true
    }

    private static let duplicate = "the custom_id stands in the plan already; every row needs one of its own"

    /// - Returns: false where the plan has brought that custom_id already.
    private func insert(_ customID: String, _ request: PlannedRequest) throws -> Bool {
        try staging.begin()
        guard let id = try insertion().write(customID, request) else { return false }
        insertedID = id
        firstID = firstID ?? id
        try complete(request, id: id)
        try staging.count(bytes: request.body.count + (request.input?.count ?? 0))
        return true
    }

    /// Writes new rows that need no comparing; `insert` does one.
    private func insertTogether(_ requests: ArraySlice<PlannedRequest>) throws -> [(line: Int, fault: String)] {
        try staging.begin()
        let names = try requests.map { try $0.customID ?? unnamed($0.fingerprint) }
        let ids = try insertion().write(requests, names: names)
        var faults: [(line: Int, fault: String)] = []
        var bytes = 0
        for (request, id) in zip(requests, ids) {
            guard let id else {
                faults.append((request.line, Self.duplicate))
                continue
            }
            firstID = firstID ?? id
            try complete(request, id: id)
            bytes += request.body.count + (request.input?.count ?? 0)
            difference.new += 1
            countToSend(request)
            position += 1
        }
        try staging.count(rows: requests.count, bytes: bytes)
        return faults
    }

    /// Writes what belongs to a request that was just written.
    private func complete(_ request: PlannedRequest, id: Int64) throws {
        try staging.add(request: id, position: position, line: request.line, priority: request.priority)
        try queue.insert(request.attachments, of: id)
        guard let input = request.input else { return }
        let keep = try database.statement("INSERT INTO inputs (request_id, columns) VALUES (?1, ?2)")
        try keep.bind(1, id)
        try keep.withBorrowed(2, input, asText: true) { try keep.run() }
    }

    /// Prepared for the first new row.
    private func insertion() throws -> PlanInsertion {
        if let prepared { return prepared }
        let made = try PlanInsertion(database, run: run.id, revision: next)
        prepared = made
        return made
    }

    private func retire(_ id: Int64) throws {
        guard mode == .write else { return }
        try staging.begin()
        let update = try database.statement("UPDATE states SET retired = ?2 WHERE request_id = ?1")
        try update.bind(1, id)
        try update.bind(2, next)
        try update.run()
        try staging.count(bytes: 0)
    }

    /// Takes a request of before into the plan, at the present place.
    private func reuse(_ known: Known, _ request: PlannedRequest) throws {
        countReusable(request, isSettled: known.isSettled)
        try keep(request, id: known.id)
        didReuse = true
        let note = try database.statement("INSERT INTO temp.moves VALUES (?1, ?2, ?3, ?4)")
        try note.bind(1, known.id)
        try note.bind(2, position)
        try note.bind(3, request.line)
        try note.bind(4, request.priority)
        try note.run()
        if mode == .write { try staging.count(bytes: 0) }
    }

    /// The columns of a request that was planned when nobody asked for them, and where its files are now. Noted aside:
    /// a row of the plan in force is being read, and the queue cannot be written meanwhile.
    private func keep(_ request: PlannedRequest, id: Int64) throws {
        guard mode == .write else { return }
        try queue.notePlaces(of: request.attachments, request: id)
        guard let input = request.input else { return }
        let known = try database.statement("SELECT 1 FROM inputs WHERE request_id = ?1")
        try known.bind(1, id)
        let isKept = try known.step()
        known.reset()
        guard !isKept else { return }
        let keep = try database.statement("INSERT OR REPLACE INTO temp.columns VALUES (?1, ?2)")
        try keep.bind(1, id)
        try keep.withBorrowed(2, input, asText: true) { try keep.run() }
    }

    private func note(_ sql: String, _ id: Int64) throws -> Bool {
        let statement = try database.statement(sql)
        try statement.bind(1, id)
        try statement.run()
        return database.changes == 1
    }

    private func noteNew(_ customID: String) throws -> Bool {
        let statement = try database.statement("INSERT OR IGNORE INTO temp.brought VALUES (?1)")
        try statement.bind(1, customID)
        try statement.run()
        return database.changes == 1
    }

    /// The name of a row that brought none: its fingerprint, and which of several such rows it is.
    private func unnamed(_ fingerprint: Fingerprint) throws -> String {
        let count = try database.statement(Self.occurrence)
        try count.bind(1, blob: fingerprint.bytes)
        defer { count.reset() }
        let occurrence = try count.step() ? count.integer(0) : 1
        return occurrence == 1 ? fingerprint.description : "\(fingerprint)-\(occurrence)"
    }

    // MARK: Removing

    private func retireUnseen() throws -> Int {
        guard run.revision > 0 else { return 0 }
        let retire = try database.statement(
            "UPDATE states SET retired = ?4 WHERE request_id IN (SELECT s.request_id \(Self.unseen))")
        try bindUnseen(retire)
        try retire.bind(4, next)
        try retire.run()
        return Int(database.changes)
    }

    private func bindUnseen(_ statement: Statement) throws {
        try statement.bind(1, run.id)
        try statement.bind(2, run.revision)
        try statement.bind(3, followed)
    }
}
