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
        /// The coordinator wants the node sampled every so many milliseconds.
        case intervalOrdered(milliseconds: UInt32)
    }

    private enum Phase {
        /// A hello is to be sent.
        case silent
        /// Waiting for the answer to a hello that announced this table.
        case greeting(announced: UInt32, sentAt: MonotonicInstant)
        /// The coordinator declined at this instant; a new hello is tried some time later.
        case declined(at: MonotonicInstant)
        /// The coordinator knows table `announced`; the last sign of progress came at this instant.
        case streaming(announced: UInt32, progressAt: MonotonicInstant)
    }

    /// The node that is spoken for.
    public let node: NodeName
    private let incarnation: UInt64
    private let agentVersion: String
    private var settings: UplinkSettings
    private var columns: ColumnTable
    private var phase = Phase.silent
    private var buffer: BatchBuffer
    private var unsealed: BatchBuffer.Entry?
    private var nextSequence: UInt64 = 1
    private var nextToSend: UInt64 = 1

    /// Batches dropped because the buffer was full.
    public var droppedBatches: UInt64 { buffer.dropped }
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
        buffer = BatchBuffer(maximumCount: settings.bufferedBatches, maximumBytes: settings.bufferedBytes)
    }

    /// Batches not acknowledged yet.
    public var bufferedBatches: Int { buffer.count }

    /// What the batches that are not acknowledged take in memory, in bytes, their column tables included.
    public var bufferedBytes: Int { buffer.bytes }

    /// Takes a sample of `columns` that was taken at `instant`.
    public mutating func add(_ sample: Sample, columns: ColumnTable, takenAt instant: MonotonicInstant) {
        if let open = unsealed, open.columns.version != columns.version { seal(open) }
        self.columns = columns
        var entry = unsealed ?? BatchBuffer.Entry(sequence: nextSequence, columns: columns)
        entry.append(sample, takenAt: instant)
        if entry.sampleCount >= settings.samplesPerBatch {
            seal(entry)
        } else {
            unsealed = entry
        }
    }

    private mutating func seal(_ entry: BatchBuffer.Entry) {
        unsealed = nil
        nextSequence += 1
        buffer.append(entry)
    }

    /// Takes a message of the coordinator; returns what the shell must know.
    public mutating func receive(_ message: CoordinatorMessage, at now: MonotonicInstant) -> [Event] {
        switch message {
        case .ack(let acknowledged, let sequence):
            return acknowledged == incarnation ? acknowledge(sequence, at: now) : []
        case .refusal(let refusal):
            return take(refusal, at: now)
        case .setInterval(let milliseconds):
            guard WireLimits.intervalMilliseconds.contains(milliseconds) else { return [] }
            return [.intervalOrdered(milliseconds: milliseconds)]
        }
    }

    /// Notes that samples come every so many milliseconds from now on. A coordinator that has been told otherwise gets a
    /// new hello, for it reckons from the interval after what silence a node counts as unknown.
    public mutating func announce(intervalMilliseconds: UInt32) {
        guard intervalMilliseconds != settings.intervalMilliseconds else { return }
        settings.intervalMilliseconds = intervalMilliseconds
        switch phase {
        case .greeting, .streaming: phase = .silent
        case .silent, .declined: break
        }
    }

    private mutating func acknowledge(_ sequence: UInt64, at now: MonotonicInstant) -> [Event] {
        // Nobody can have taken what was never sent: such an answer means nothing.
        guard sequence < nextSequence else { return [] }
        var progressed = false
        while let first = buffer.first, first.sequence <= sequence {
            buffer.removeFirst()
            acknowledgedBatches += 1
            progressed = true
        }
        switch phase {
        case .greeting(let announced, _):
            phase = .streaming(announced: announced, progressAt: now)
            nextToSend = sequence + 1
            return [.connected]
        case .streaming(let announced, _) where progressed:
            phase = .streaming(announced: announced, progressAt: now)
            return []
        case .silent, .declined, .streaming:
            return []
        }
    }

    /// Begins again with a hello and the oldest batch that is held.
    private mutating func goBack() {
        phase = .silent
        nextToSend = oldestSequence
    }

    private mutating func take(_ refusal: Refusal, at now: MonotonicInstant) -> [Event] {
        switch (refusal.code, phase) {
        case (.protocolVersion, _):
            return [.incompatible(refusal.sentence)]
        case (.helloNeeded, .streaming):
            goBack()
            return []
        case (.helloNeeded, _):
            // Batches that were under way when the first of them was refused are refused too; the hello is under way.
            return []
        default:
            goBack()
            phase = .declined(at: now)
            return [.refused(refusal)]
        }
    }

    /// When `nextMessage` will have something to say though nothing happens until then; nil when it will not.
    public var deadline: MonotonicInstant? {
        switch phase {
        case .silent: nil
        case .greeting(_, let instant), .declined(let instant):
            instant.advanced(byNanoseconds: settings.resendAfterNanoseconds)
        case .streaming(_, let progressAt):
            hasUnanswered ? progressAt.advanced(byNanoseconds: settings.resendAfterNanoseconds) : nil
        }
    }

    /// Whether a batch has been sent that is not acknowledged.
    private var hasUnanswered: Bool { buffer.first.map { $0.sequence < nextToSend } ?? false }

    /// The table of the batch that is to be sent next: a hello announces this one, and a later one once its batches come up.
    private var tableToAnnounce: ColumnTable { nextEntry?.columns ?? columns }

    /// The message to send now, or nil when there is none; to be asked again until it is nil. `didSend` must be told
    /// before the next question when it went out; a message that could not be sent is simply offered again.
    public mutating func nextMessage(at now: MonotonicInstant) -> AgentMessage? {
        if let deadline, now >= deadline { goBack() }
        if case .streaming(let announced, _) = phase, let nextEntry, nextEntry.columns.version != announced {
            phase = .silent
        }
        switch phase {
        case .silent: return .hello(hello())
        case .greeting, .declined: return nil
        case .streaming: return nextEntry.flatMap { message(of: $0, at: now) }
        }
    }

    /// The oldest batch that was not sent since the last hello; sequences in the buffer are contiguous. Only so many are
    /// on their way at once: what the socket queues takes memory, too.
    private var nextEntry: BatchBuffer.Entry? {
        guard let first = buffer.first else { return nil }
        let index = Int(max(nextToSend, first.sequence) - first.sequence)
        return index < min(buffer.count, settings.unansweredBatches) ? buffer[index] : nil
    }

    /// Notes that the message last offered went out at this instant.
    public mutating func didSend(_ message: AgentMessage, at now: MonotonicInstant) {
        switch message {
        case .hello(let hello): phase = .greeting(announced: hello.columns.version, sentAt: now)
        case .batch(let batch):
            // The wait for an acknowledgement starts with the first batch that needs one.
            if case .streaming(let announced, _) = phase, batch.sequence == buffer.first?.sequence {
                phase = .streaming(announced: announced, progressAt: now)
            }
            nextToSend = batch.sequence + 1
        }
    }

    private var oldestSequence: UInt64 { buffer.first?.sequence ?? nextSequence }

    private func hello() -> Hello {
        Hello(
            node: node, incarnation: incarnation, columns: tableToAnnounce, agentVersion: agentVersion,
            intervalMilliseconds: settings.intervalMilliseconds, droppedBatches: droppedBatches,
            oldestSequence: oldestSequence)
    }

    private func message(of entry: BatchBuffer.Entry, at now: MonotonicInstant) -> AgentMessage? {
        var (ages, allValues, allPresence) = ([UInt64](), [Double](), [UInt64]())
        entry.forEachSample { takenAt, values, presence in
            ages.append(now.nanoseconds(since: takenAt))
            allValues += values
            allPresence += presence
        }
        // An entry is made of whole samples of one table, so its parts always fit together.
        return try? .batch(
            Batch(
                node: node, incarnation: incarnation, sequence: entry.sequence, oldestSequence: oldestSequence,
                tableVersion: entry.columns.version, columnCount: entry.columns.columns.count, ageNanoseconds: ages,
                values: allValues, presence: allPresence))
    }
}
