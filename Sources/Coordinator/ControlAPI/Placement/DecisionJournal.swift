import FoundationEssentials
public import Placement
public import Store

/// What is written into the journal as JSON: sessions, their decisions, runs of workflows that have ended, pressure put on
/// nodes, and what happens in the harvest.
public struct DecisionJournal: Sendable {
    /// A decision with its place in the journal.
    public struct Entry: Hashable, Sendable, Codable {
        /// The journal's sequence: what `reeve explain` asks for.
        public var sequence: Int64
        /// When it was written, in seconds since 1970.
        public var writtenAtUnixSeconds: Double
        /// The session it belongs to.
        public var session: Int64
        /// The decision.
        public var record: DecisionRecord
    }

    private struct Decision: Codable {
        var session: Int64
        var record: DecisionRecord
    }

    private struct SessionEnd: Codable {
        var session: Int64
    }

    /// What has been added since the start, counted; also what the journal failed to take.
    public let tally = DecisionTally()
    private static let version = 1
    /// Among so many newest records those of one node are looked for.
    private static let harvestLookBack = 10_000
    /// Whether the journal takes what is written.
    public let health = JournalHealth()
    private let journal: Journal
    private let notes: HistoryNotes?
    let unixSeconds: @Sendable () -> Double

    /// Writes to `journal`, with the wall clock's time from `unixSeconds`; the numbers in it go into `history`, too.
    public init(_ journal: Journal, history: History? = nil, unixSeconds: @escaping @Sendable () -> Double) {
        self.journal = journal
        notes = history.map { HistoryNotes(history: $0) }
        self.unixSeconds = unixSeconds
    }

    /// Notes the start of `session`; returns its number. Throws `StoreError`.
    func begin(_ session: PlacementSession) throws -> Int64 { try append("session", session) }

    /// Notes that session number `session` has come to its end. Throws `StoreError`.
    func end(session: Int64) throws { _ = try append("session-end", SessionEnd(session: session)) }

    /// Adds a decision of session number `session`. Throws `StoreError`.
    func add(_ record: DecisionRecord, session: Int64) throws {
        tally.count(record)
        notes?.note(record, at: unixSeconds())
        _ = try append("decision", Decision(session: session, record: record))
    }

    /// Adds the state of a policy. Throws `StoreError`.
    func add(_ policy: PolicyRecord) throws { _ = try append("policy", policy) }

    /// The newest session and whether it has come to its end; nil when there was none. Throws `StoreError`.
    func newestSession() throws -> (id: Int64, session: PlacementSession, hasEnded: Bool)? {
        guard let entry = try journal.newest(kind: "session", limit: 1).first else { return nil }
        let session = try decode(PlacementSession.self, entry)
        let end = try journal.newest(kind: "session-end", limit: 1).first.map { try decode(SessionEnd.self, $0) }
        return (entry.sequence, session, end?.session == entry.sequence)
    }

    /// Decisions after `sequence`, oldest first, at most `limit`; of one session if one is given. Throws `StoreError`.
    public func decisions(after sequence: Int64, limit: Int, session: Int64?) throws -> [Entry] {
        var found: [Entry] = []
        // A session's number is the sequence of its start, so none of its decisions stands before that.
        var cursor = max(sequence, session ?? 0)
        while found.count < limit {
            let page = try journal.entries(kind: "decision", after: cursor, limit: limit)
            guard let last = page.last else { break }
            cursor = last.sequence
            found += try page.map(entry).filter { session == nil || $0.session == session }
        }
        return Array(found.prefix(limit))
    }

    /// The newest decisions, oldest first, at most `limit`. Throws `StoreError`.
    public func newest(limit: Int) throws -> [Entry] {
        try journal.newest(kind: "decision", limit: limit).map(entry)
    }

    /// The decision at `sequence`; nil when there is none. Throws `StoreError`.
    public func decision(at sequence: Int64) throws -> Entry? {
        try journal.entry(kind: "decision", sequence: sequence).map(entry)
    }

    /// The first state of a policy after `sequence`, with its place; nil when there is none. Throws `StoreError`.
    func policy(after sequence: Int64) throws -> (sequence: Int64, record: PolicyRecord)? {
        try journal.entries(kind: "policy", after: sequence, limit: 1).first.map {
            ($0.sequence, try decode(PolicyRecord.self, $0))
        }
    }

    /// The place of the newest state of a policy that was written at `unixSeconds` or before; nil when there is none.
    /// Throws `StoreError`.
    func policyPlace(at unixSeconds: Double) throws -> Int64? {
        try journal.newestSequence(kind: "policy", notAfterUnixSeconds: unixSeconds)
    }

    /// Adds a run that has ended. Throws `StoreError`.
    public func add(_ run: RunRecord) throws {
        tally.count(run)
        notes?.note(run, at: unixSeconds())
        _ = try append("run", run)
    }

    /// Adds an order that somebody gave. Throws `StoreError`.
    public func add(_ order: OrderRecord) throws { _ = try append("order", order) }

    /// Orders after `sequence`, or the newest when nil, oldest first, at most `limit`. Throws `StoreError`.
    public func orders(after sequence: Int64?, limit: Int) throws -> [OrdersAnswer.Entry] {
        let entries =
            try sequence.map { try journal.entries(kind: "order", after: $0, limit: limit) }
            ?? journal.newest(kind: "order", limit: limit)
        return try entries.map {
            OrdersAnswer.Entry(
                sequence: $0.sequence, writtenAtUnixSeconds: $0.writtenAtUnixSeconds,
                record: try decode(OrderRecord.self, $0))
        }
    }

    /// Adds an order about pressure on a node. Throws `StoreError`.
    public func add(_ order: InterferenceRecord) throws { _ = try append("interference", order) }

    /// The newest runs that have ended, oldest first, at most `limit`. Throws `StoreError`.
    public func newestRuns(limit: Int) throws -> [RunRecord] {
        try journal.newest(kind: "run", limit: limit).map { try decode(RunRecord.self, $0) }
    }

    /// Runs that ended after `sequence`, with when they were written, oldest first, at most `limit`. Throws `StoreError`.
    func runs(
        after sequence: Int64, limit: Int
    ) throws -> [(sequence: Int64, writtenAtUnixSeconds: Double, record: RunRecord)] {
        try journal.entries(kind: "run", after: sequence, limit: limit).map {
            ($0.sequence, $0.writtenAtUnixSeconds, try decode(RunRecord.self, $0))
        }
    }

    /// The newest decision's and the newest run's number; 0 where there is none. Throws `StoreError`.
    func newestSequence() throws -> Int64 {
        let newest = try journal.newest(kind: "decision", limit: 1) + journal.newest(kind: "run", limit: 1)
        return newest.map(\.sequence).max() ?? 0
    }

    /// Adds what has happened in the harvest of a node. Throws `StoreError`.
    public func add(_ harvest: HarvestRecord) throws {
        notes?.note(harvest, at: unixSeconds())
        _ = try append("harvest", harvest)
    }

    /// What has happened in the harvest after `sequence`, or lately when nil, oldest first, at most `limit` records; on
    /// `node` alone if one is given. Throws `StoreError`.
    public func harvest(after sequence: Int64?, limit: Int, node: String?) throws -> [HarvestHistoryAnswer.Entry] {
        guard let sequence else {
            guard let node else { return try journal.newest(kind: "harvest", limit: limit).map(harvestEntry) }
            return try Array(newestHarvest(of: node, limit: limit))
        }
        var found: [HarvestHistoryAnswer.Entry] = []
        var cursor = sequence
        while found.count < limit {
            let page = try journal.entries(kind: "harvest", after: cursor, limit: limit)
            guard let last = page.last else { break }
            cursor = last.sequence
            found += try page.map(harvestEntry).filter { node == nil || $0.record.node == node }
        }
        return Array(found.prefix(limit))
    }

    /// The newest records of `node` among the newest of all nodes.
    private func newestHarvest(of node: String, limit: Int) throws -> ArraySlice<HarvestHistoryAnswer.Entry> {
        try journal.newest(kind: "harvest", limit: Self.harvestLookBack).map(harvestEntry)
            .filter { $0.record.node == node }.suffix(limit)
    }

    private func harvestEntry(_ entry: JournalRecord) throws -> HarvestHistoryAnswer.Entry {
        HarvestHistoryAnswer.Entry(
            sequence: entry.sequence, writtenAtUnixSeconds: entry.writtenAtUnixSeconds,
            record: try decode(HarvestRecord.self, entry))
    }

    private func entry(_ entry: JournalRecord) throws -> Entry {
        let decision = try decode(Decision.self, entry)
        return Entry(
            sequence: entry.sequence, writtenAtUnixSeconds: entry.writtenAtUnixSeconds, session: decision.session,
            record: decision.record)
    }

    /// The records of `kind` after `sequence`, or the newest when nil, oldest first, at most `limit`. Throws `StoreError`.
    func records(_ kind: String, after sequence: Int64?, limit: Int) throws -> [JournalRecord] {
        guard let sequence else { return try journal.newest(kind: kind, limit: limit) }
        return try journal.entries(kind: kind, after: sequence, limit: limit)
    }

    private func append(_ kind: String, _ value: some Encodable) throws -> Int64 {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let payload = [UInt8](try encoder.encode(value))
        do throws(StoreError) {
            let sequence = try journal.append(
                kind: kind, version: Self.version, payload: payload, writtenAtUnixSeconds: unixSeconds())
            health.noteTaken()
            return sequence
        } catch {
            health.noteFailure(error.description)
            throw error
        }
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ entry: JournalRecord) throws -> Value {
        guard entry.version == Self.version else {
            throw JournalFormatError(kind: entry.kind, sequence: entry.sequence, version: entry.version)
        }
        return try JSONDecoder().decode(type, from: Data(entry.payload))
    }
}

/// A journal entry written by a version of reeve that this one cannot read.
struct JournalFormatError: Error, CustomStringConvertible {
    let kind: String
    let sequence: Int64
    let version: Int

    var description: String {
        "journal entry \(sequence) is a \(kind) of version \(version): allowed here is version 1"
    }
}
