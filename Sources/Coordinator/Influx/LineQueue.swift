import DequeModule
public import Measures

/// Lines on their way to the database: a bounded queue that is emptied in batches, of which one at a time is on its way.
///
/// A value: lines and verdicts go in, batches come out, and whoever holds it carries them. A line leaves the queue when it
/// is written, when it would never be, or when it is the oldest of a queue that is full; each is counted.
public struct LineQueue: Sendable {
    /// How much is kept, and how much is sent at once.
    public struct Limits: Hashable, Sendable {
        /// Bytes that wait, those on their way included.
        public var bytes: Int
        /// Lines of a batch.
        public var batchLines: Int
        /// Bytes of a batch; a line longer than that is a batch by itself.
        public var batchBytes: Int

        /// Limits as described. InfluxDB's authors advise batches of 5 000 lines.
        public init(bytes: Int = 64 << 20, batchLines: Int = 5_000, batchBytes: Int = 4 << 20) {
            self.bytes = bytes
            self.batchLines = batchLines
            self.batchBytes = batchBytes
        }
    }

    /// What is to be done now.
    public enum Action: Hashable, Sendable {
        /// This body is to be sent, and the verdict on it told.
        case send([UInt8])
        /// There is something to send, at this instant.
        case wait(until: MonotonicInstant)
        /// There is nothing to do before something happens.
        case idle
    }

    private struct Line: Sendable {
        let bytes: [UInt8]
        let addedAt: MonotonicInstant
    }

    private enum Phase: Sendable {
        case ready
        /// These lines are on their way.
        case sending([Line])
        /// The database has failed; it is left alone until then.
        case resting(until: MonotonicInstant)
    }

    private let limits: Limits
    private let pause: RetryPause
    private var random: SeededRandom
    private var lines: Deque<Line> = []
    private var phase = Phase.ready
    private var bytes = 0
    private var failuresInARow = 0
    /// Lines of the next batches at most: fewer than allowed after the database has found one too large.
    private var batchLines: Int
    private var counts = InfluxCounts()

    /// An empty queue.
    public init(limits: Limits, pause: RetryPause, random: SeededRandom) {
        self.limits = limits
        self.pause = pause
        self.random = random
        batchLines = limits.batchLines
    }

    /// What has become of lines, seen from `now`.
    public func counts(at now: MonotonicInstant) -> InfluxCounts {
        var counts = counts
        let underWay = if case .sending(let batch) = phase { batch } else { [Line]() }
        counts.waiting = underWay.count + lines.count
        counts.waitingBytes = bytes
        counts.oldestSeconds = (underWay.first ?? lines.first).map { now.seconds(since: $0.addedAt) }
        return counts
    }

    /// Takes a line in; the oldest that are not on their way make room for it.
    public mutating func add(_ line: [UInt8], at now: MonotonicInstant) {
        counts.added += 1
        lines.append(Line(bytes: line, addedAt: now))
        bytes += line.count
        makeRoom()
    }

    /// What is to be done at `now`.
    public mutating func next(at now: MonotonicInstant) -> Action {
        switch phase {
        case .sending: return .idle
        case .resting(let until) where now < until: return lines.isEmpty ? .idle : .wait(until: until)
        case .resting, .ready: break
        }
        phase = .ready
        guard !lines.isEmpty else { return .idle }
        var (batch, body): ([Line], [UInt8]) = ([], [])
        while let line = lines.first, batch.count < batchLines {
            guard batch.isEmpty || body.count + line.bytes.count <= limits.batchBytes else { break }
            body += line.bytes
            batch.append(lines.removeFirst())
        }
        phase = .sending(batch)
        return .send(body)
    }

    /// Takes in what became of the batch that is on its way.
    public mutating func finish(_ verdict: WriteVerdict, at now: MonotonicInstant) {
        guard case .sending(let batch) = phase else { return }
        phase = .ready
        switch verdict {
        case .written: close(batch, dropped: 0, because: .refused)
        case .partlyWritten(let dropped, let reason, _): close(batch, dropped: dropped, because: reason)
        case .refused(let reason, _): forget(batch, because: reason)
        case .tooLarge: split(batch)
        case .later(let reason, let seconds, _):
            counts.retries[reason, default: 0] += 1
            failuresInARow += 1
            let own = pause.nanoseconds(afterFailures: failuresInARow, &random)
            let asked = seconds.map { UInt64($0 * 1e9) } ?? 0
            phase = .resting(until: now.advanced(byNanoseconds: max(own, asked)))
            giveBack(batch)
        }
    }

    /// The batch on its way did not get an answer because whoever carried it was told to stop: it waits again, and
    /// nothing is held against the database.
    public mutating func takeBack() {
        guard case .sending(let batch) = phase else { return }
        phase = .ready
        giveBack(batch)
    }

    /// Gives up everything that waits, because nobody will carry it; returns how much that was.
    public mutating func end() -> Int {
        takeBack()
        let rest = Array(lines)
        lines = []
        forget(rest, because: .stopped)
        return rest.count
    }

    private mutating func close(_ batch: [Line], dropped: Int, because reason: DropReason) {
        let lost = UInt64(min(max(dropped, 0), batch.count))
        counts.batches += 1
        counts.written += UInt64(batch.count) - lost
        if lost > 0 { counts.dropped[reason, default: 0] += lost }
        bytes -= batch.reduce(0) { $0 + $1.bytes.count }
        failuresInARow = 0
        batchLines = min(batchLines * 2, limits.batchLines)
    }

    private mutating func forget(_ gone: [Line], because reason: DropReason) {
        if !gone.isEmpty { counts.dropped[reason, default: 0] += UInt64(gone.count) }
        bytes -= gone.reduce(0) { $0 + $1.bytes.count }
        failuresInARow = 0
    }

    /// A batch that is too large goes again in halves; a line that is too large by itself, never.
    private mutating func split(_ batch: [Line]) {
        guard batch.count > 1 else { return forget(batch, because: .tooLarge) }
        batchLines = batch.count / 2
        giveBack(batch)
    }

    private mutating func giveBack(_ batch: [Line]) {
        lines.prepend(contentsOf: batch)
        makeRoom()
    }

    private mutating func makeRoom() {
        while bytes > limits.bytes, let oldest = lines.popFirst() {
            bytes -= oldest.bytes.count
            counts.dropped[.queueFull, default: 0] += 1
        }
    }
}
