import Placement
import Store
import Topology

/// What has happened beside requests: whatever else a change of latencies can come from, in one list.
public struct TimelineAnswer: Codable, Sendable {
    /// One thing that has happened.
    public struct Event: Codable, Sendable {
        /// The journal's sequence: what the next page begins after.
        public var sequence: Int64
        /// When it was written down, in seconds since 1970.
        public var writtenAtUnixSeconds: Double
        /// "interference", "order", "session", "session-end" or "harvest".
        public var kind: String
        /// The node that it is about; absent where it is about none.
        public var node: String?
        /// How long it was to last, in seconds, of interference; 0 where it was taken away.
        public var seconds: Int?
        /// What has happened, in a few words.
        public var sentence: String
    }

    /// The kinds of the journal's records that are told.
    static let kinds = ["interference", "order", "session", "session-end", "harvest"]

    /// What has happened, in its order.
    public var events: [Event]
}

extension DecisionJournal {
    /// What has happened after `sequence`, or lately when nil, in its order, at most `limit`. Throws `StoreError`.
    func timeline(after sequence: Int64?, limit: Int) throws -> [TimelineAnswer.Event] {
        let events = try TimelineAnswer.kinds.flatMap { kind in
            try records(kind, after: sequence, limit: limit).map { entry in
                var event = try told(kind, entry)
                event.sequence = entry.sequence
                event.writtenAtUnixSeconds = entry.writtenAtUnixSeconds
                return event
            }
        }.sorted { $0.sequence < $1.sequence }
        return Array(sequence == nil ? events.suffix(limit) : events.prefix(limit))
    }

    private func told(_ kind: String, _ entry: JournalRecord) throws -> TimelineAnswer.Event {
        switch kind {
        case "interference": TimelineAnswer.Event(try decode(InterferenceRecord.self, entry))
        case "order": TimelineAnswer.Event(try decode(OrderRecord.self, entry))
        case "session": TimelineAnswer.Event(try decode(PlacementSession.self, entry))
        case "harvest": TimelineAnswer.Event(try decode(HarvestRecord.self, entry))
        default: TimelineAnswer.Event(kind, nil, "a session of placement has ended")
        }
    }
}

extension TimelineAnswer.Event {
    fileprivate init(_ kind: String, _ node: String?, _ sentence: String) {
        self.init(sequence: 0, writtenAtUnixSeconds: 0, kind: kind, node: node, seconds: nil, sentence: sentence)
    }

    fileprivate init(_ record: InterferenceRecord) {
        let shares = [("processors", record.cpu), ("cache", record.cache), ("memory", record.memory)].filter { $0.1 > 0 }
        let text = shares.map { "\(Int(($0.1 * 100).rounded())) % on \($0.0)" }.joined(separator: ", ")
        self.init(
            "interference", record.node, shares.isEmpty ? "pressure taken away" : "pressure of \(text) for \(record.seconds) s")
        seconds = record.seconds
    }

    fileprivate init(_ record: OrderRecord) {
        let arguments = record.arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let failure = record.failure.map { ", not carried out: \($0)" } ?? ""
        self.init(
            "order", record.arguments["node"],
            "\(record.asker) ordered \(record.verb)\(arguments.isEmpty ? "" : " ")\(arguments)\(failure)")
    }

    fileprivate init(_ session: PlacementSession) {
        self.init("session", nil, "a session of \(session.scheduler.rawValue) begins, \(session.mode.rawValue)")
    }

    fileprivate init(_ record: HarvestRecord) {
        let more = record.items.count - 1 + record.omitted
        let first = record.items.first.map { item in
            [item.what, item.function ?? item.borrower, item.reason].compactMap { $0 }.joined(separator: ", ")
        }
        self.init("harvest", record.node, (first ?? "limits") + (more > 0 ? ", and \(more) more" : ""))
    }
}
