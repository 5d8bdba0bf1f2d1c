import DequeModule
public import Measures
public import Topology
public import Wire

/// The agent's side of the telemetry protocol as a pure value: samples and the coordinator's messages go in, messages
/// to send come out.
///
/// Every batch is kept until it is acknowledged. When an acknowledgement stays out, the agent says hello again and goes
/// back to the first batch that the coordinator does not have; the coordinator takes batches in order and drops what it
/// has, so nothing is lost and nothing counts twice.
public struct UplinkState: Sendable {
    /// Something that the shell must act on or report.
    public enum Event: Hashable, Sendable {
        /// The coordinator knows this agent; samples flow.
        case connected
        /// The coordinator declined; the agent goes on trying.
        case refused(Refusal)
        /// The coordinator will never take this agent's messages: the reason, in one sentence.
        case incompatible(String)
        /// Sample every so many milliseconds from now on.
        case intervalChanged(milliseconds: UInt32)
    }

    private enum Phase {
        /// Waiting for the answer to a hello that announced this table; nil before the first was sent.
        case greeting(sentAt: MonotonicInstant?)
        /// The coordinator knows table `announced`; the last sign of progress came at this instant.
        case streaming(announced: UInt32, progressAt: MonotonicInstant)
    }

    private struct Entry {
        let sequence: UInt64
        let columns: ColumnTable
        var takenAt: [MonotonicInstant]
        var values: [Double]
        var presence: [UInt64]
    }

    private let node: NodeName
    private let incarnation: UInt64
    private let agentVersion: String
    private var settings: UplinkSettings
    private var columns: ColumnTable
    private var phase = Phase.greeting(sentAt: nil)
    private var entries: Deque<Entry> = []
    private var unsealed: Entry?
    private var nextSequence: UInt64 = 1
    private var nextToSend: UInt64 = 1

    /// Batches dropped because the buffer was full.
    public private(set) var droppedBatches: UInt64 = 0
    /// Batches acknowledged.
    public private(set) var acknowledgedBatches: UInt64 = 0

    /// An uplink that has sent nothing yet. `incarnation` must be drawn at random, once per start of the agent.
    public init(
        node: NodeName, incarnation: UInt64, columns: ColumnTable, agentVersion: String, settings: UplinkSettings
    ) {
        self.node = node
        self.incarnation = incarnation
        self.columns = columns
        self.agentVersion = agentVersion
        self.settings = settings
    }

    /// How often to sample now, in milliseconds.
    public var intervalMilliseconds: UInt32 { settings.intervalMilliseconds }

    /// Batches not acknowledged yet.
    public var bufferedBatches: Int { entries.count }

    /// Takes a sample of `columns` that was taken at `instant`.
    public mutating func add(_ sample: Sample, columns: ColumnTable, takenAt instant: MonotonicInstant) {
        if let open = unsealed, open.columns.version != columns.version { seal(open) }
        self.columns = columns
        var entry =
            unsealed
            ?? Entry(sequence: nextSequence, columns: columns, takenAt: [], values: [], presence: [])
        entry.takenAt.append(instant)
        entry.values += sample.values
        entry.presence += sample.presence
        if entry.takenAt.count >= settings.samplesPerBatch {
            seal(entry)
        } else {
            unsealed = entry
        }
    }

    private mutating func seal(_ entry: Entry) {
        unsealed = nil
        nextSequence += 1
        if entries.count >= settings.bufferedBatches {
            entries.removeFirst()
            droppedBatches += 1
        }
        entries.append(entry)
    }

    /// Takes a message of the coordinator; returns what the shell must know.
    public mutating func receive(_ message: CoordinatorMessage, at now: MonotonicInstant) -> [Event] {
        switch message {
        case .ack(let acknowledged, let sequence):
            return acknowledged == incarnation ? acknowledge(sequence, at: now) : []
        case .refusal(let refusal):
            return take(refusal, at: now)
        case .setInterval(let milliseconds):
            guard UplinkSettings.allowedIntervals.contains(milliseconds) else { return [] }
            settings.intervalMilliseconds = milliseconds
            return [.intervalChanged(milliseconds: milliseconds)]
        }
    }

    private mutating func acknowledge(_ sequence: UInt64, at now: MonotonicInstant) -> [Event] {
        var progressed = false
        while let first = entries.first, first.sequence <= sequence {
            entries.removeFirst()
            acknowledgedBatches += 1
            progressed = true
        }
        switch phase {
        case .greeting(.some):
            phase = .streaming(announced: tableToAnnounce.version, progressAt: now)
            nextToSend = max(sequence + 1, entries.first?.sequence ?? 1)
            return [.connected]
        case .streaming(let announced, _) where progressed:
            phase = .streaming(announced: announced, progressAt: now)
            return []
        case .greeting(nil), .streaming:
            return []
        }
    }

    private mutating func take(_ refusal: Refusal, at now: MonotonicInstant) -> [Event] {
        switch (refusal.code, phase) {
        case (.protocolVersion, _):
            return [.incompatible(refusal.sentence)]
        case (.helloNeeded, .streaming):
            phase = .greeting(sentAt: nil)
            return []
        case (.helloNeeded, .greeting):
            // Batches that were under way when the first of them was refused are refused too; the hello is under way.
            return []
        default:
            phase = .greeting(sentAt: now)
            return [.refused(refusal)]
        }
    }

    /// The table of the batch that is to be sent next: a hello announces this one, and a later one once its batches come up.
    private var tableToAnnounce: ColumnTable {
        (nextEntry ?? entries.first)?.columns ?? columns
    }

    /// The message to send now, or nil when there is none; to be asked again until it is nil. `didSend` must be told
    /// before the next question when it went out; a message that could not be sent is simply offered again.
    public mutating func nextMessage(at now: MonotonicInstant) -> AgentMessage? {
        if case .streaming(let announced, let progressAt) = phase {
            let isOverdue = nextToSend > (entries.first?.sequence ?? nextToSend)
                && now.nanoseconds(since: progressAt) >= settings.resendAfterNanoseconds
            let needsAnnouncement = nextEntry.map { $0.columns.version != announced } ?? false
            if isOverdue || needsAnnouncement { phase = .greeting(sentAt: nil) }
        }
        switch phase {
        case .greeting(let sentAt):
            if let sentAt, now.nanoseconds(since: sentAt) < settings.resendAfterNanoseconds { return nil }
            return .hello(hello())
        case .streaming:
            return nextEntry.flatMap { message(of: $0, at: now) }
        }
    }

    /// The oldest batch that was not sent since the last hello; sequences in the buffer are contiguous.
    private var nextEntry: Entry? {
        guard let first = entries.first else { return nil }
        let index = Int(max(nextToSend, first.sequence) - first.sequence)
        return index < entries.count ? entries[index] : nil
    }

    /// Notes that the message last offered went out at this instant.
    public mutating func didSend(_ message: AgentMessage, at now: MonotonicInstant) {
        switch message {
        case .hello: phase = .greeting(sentAt: now)
        case .batch(let batch):
            // The wait for an acknowledgement starts with the first batch that needs one.
            if case .streaming(let announced, _) = phase, batch.sequence == entries.first?.sequence {
                phase = .streaming(announced: announced, progressAt: now)
            }
            nextToSend = batch.sequence + 1
        }
    }

    private var oldestSequence: UInt64 { entries.first?.sequence ?? nextSequence }

    private func hello() -> Hello {
        Hello(
            node: node, incarnation: incarnation, columns: tableToAnnounce, agentVersion: agentVersion,
            intervalMilliseconds: settings.intervalMilliseconds, droppedBatches: droppedBatches,
            oldestSequence: oldestSequence)
    }

    private func message(of entry: Entry, at now: MonotonicInstant) -> AgentMessage? {
        // An entry is made of whole samples of one table, so its parts always fit together.
        try? .batch(
            Batch(
                node: node, incarnation: incarnation, sequence: entry.sequence, oldestSequence: oldestSequence,
                tableVersion: entry.columns.version, columnCount: entry.columns.columns.count,
                ageNanoseconds: entry.takenAt.map { now.nanoseconds(since: $0) }, values: entry.values,
                presence: entry.presence))
    }
}
