public import Measures
import Registers
public import Topology

/// Reads a node's hardware counters and derives the metrics of its cores, sockets and the whole node.
///
/// Not Sendable: one thread makes it, samples and closes it. The counters it programs are put back by `close()`, or
/// when it is released.
public final class CounterReader {
    private let time: any TimeSource
    private let longestInterval: UInt64
    private let opening: SourceOpening

    private var sources: OpenSources
    private var previous: CounterFrame?
    private var current: CounterFrame
    private var interval: Interval
    private var liveness: Liveness
    private var timeBase: TimeBase
    private var plan: ColumnPlan
    private var plannedRevision: Int
    private var tally = CounterSample.Tally()
    private var lastOnlineCheck: MonotonicInstant
    private var newest: Sample?
    private var isClosed = false
    /// Failed reads of the sources that were open before the present ones.
    private var failedReadsBefore = 0
    /// Whether the sources were closed and could not be opened again yet.
    private var isReopeningDue = false

    /// Opens the counters below `roots` and claims those that nobody else uses. `periodSeconds` is how often the caller
    /// means to sample: an interval of more than three periods, and more than a second, is dropped as a pause.
    /// `claimRecord` is a file that keeps what the control registers held, so that a reader started after this one was
    /// killed still puts that back.
    ///
    /// Throws `CounterError` when the CPUs cannot be listed, not one CPU's registers can be opened, or the record
    /// cannot be written.
    public convenience init(
        roots: KernelRoots = KernelRoots(), time: any TimeSource = SystemTime(), periodSeconds: Double = 0.01,
        claimRecord: String? = nil
    ) throws(CounterError) {
        raiseDescriptorLimit()
        try self.init(
            time: time, periodSeconds: periodSeconds,
            opening: SourceOpening(roots: roots, claimRecord: claimRecord.map { ClaimRecord(path: $0) }) {
                number throws(RegisterError) in
                let path = "\(roots.msr)/\(number)/msr"
                do throws(RegisterError) {
                    return try FileRegisters(path: path, writable: true)
                } catch {
                    guard error.meansReadOnly else { throw error }
                    return try FileRegisters(path: path, writable: false)
                }
            })
    }

    init(time: any TimeSource, periodSeconds: Double, opening: SourceOpening) throws(CounterError) {
        self.time = time
        self.opening = opening
        let allowed = max(3 * periodSeconds, 1) * 1e9
        longestInterval = allowed < 1e18 ? UInt64(allowed) : .max
        let now = time.now
        lastOnlineCheck = now
        sources = try opening.open(now: now)
        timeBase = TimeBase(nominalHertz: sources.msr.nominalHertz())
        current = CounterFrame(rowCount: sources.layout.rowCount)
        interval = Interval(rowCount: sources.layout.rowCount)
        current.clear(takenAt: now)
        sources.read(into: &current)
        liveness = Liveness(first: current)
        plan = ColumnPlan(version: 1, layout: sources.layout, sources: sources.all, liveness: liveness)
        plannedRevision = sources.revision + liveness.revision
    }

    deinit { close() }

    /// The columns of the next sample, unless it finds that they have changed.
    public var columns: ColumnTable { plan.table }

    /// Reads every counter once and derives what happened since the sample before. The first sample has no values, and
    /// neither has the first one after CPUs came or went.
    public func sample() -> CounterSample {
        let now = time.now
        if let previous, now.nanoseconds(since: previous.takenAt) > longestInterval {
            tally.gaps += 1
            // A machine that comes back from a suspend has forgotten its programming.
            reopen(now)
        } else if now.nanoseconds(since: lastOnlineCheck) >= Self.onlineCheckNanoseconds {
            followHotPlug(now)
        }
        current.clear(takenAt: now)
        sources.read(into: &current)
        tally.samples += 1
        let isMeasured = measure()
        replanIfNeeded()
        let sample = derive(isMeasured: isMeasured)
        keepAsPrevious()
        newest = sample
        return CounterSample(table: plan.table, sample: sample, takenAt: now, tally: tally)
    }

    /// What the node can tell, with the newest values: every column in its order.
    public func table() -> [ProbeRow] {
        plan.table.columns.enumerated().map { ProbeRow(column: $1, value: newest?[$0]) }
    }

    /// Puts back every control register as it was found. Samples taken afterwards lack what was programmed.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        sources.close()
        opening.claimRecord?.remove()
    }

    /// The frames take turns, so that sampling allocates none.
    private func keepAsPrevious() {
        guard var spare = previous else {
            previous = current
            return
        }
        previous = nil
        swap(&spare, &current)
        previous = spare
    }

    private func measure() -> Bool {
        tally.failedReads = failedReadsBefore + sources.failedReads
        guard let previous else { return false }
        timeBase.observe(from: previous, to: current)
        interval.measure(from: previous, to: current, timeStampHertz: timeBase.hertz, gate: sources.gate)
        tally.implausible += interval.tally.implausible
        tally.resets += interval.tally.resets
        liveness.observe(interval)
        return true
    }

    private func derive(isMeasured: Bool) -> Sample {
        var values = [Double](repeating: 0, count: plan.entries.count)
        var presence = [UInt64](repeating: 0, count: (values.count + 63) / 64)
        if isMeasured {
            let derivation = MetricDerivation(told: plan.told, timeStampHertz: timeBase.hertz)
            for (index, entry) in plan.entries.enumerated() {
                guard entry.isLive(liveness),
                    let value = derivation.value(of: entry.formula, over: entry.rows, in: interval)
                else { continue }
                values[index] = value
                presence[index / 64] |= 1 << UInt64(index % 64)
            }
        }
        return Sample(values: values, presence: presence) ?? Sample([])
    }

    private func replanIfNeeded() {
        let revision = sources.revision + liveness.revision
        guard revision != plannedRevision else { return }
        plannedRevision = revision
        plan = plan.revised(layout: sources.layout, sources: sources.all, liveness: liveness)
    }

    private static let onlineCheckNanoseconds: UInt64 = 1_000_000_000

    /// Opens everything anew when CPUs came or went. While the CPUs cannot be listed, everything stays as it is.
    private func followHotPlug(_ now: MonotonicInstant) {
        lastOnlineCheck = now
        guard let online = opening.onlineCPUs() else { return }
        let isChanged = sources.msr.hasLostCPU || online != sources.layout.topology.cpus.map(\.number)
        if isChanged || isReopeningDue { reopen(now) }
    }

    /// Closes and opens all sources; every baseline starts again. Where they cannot be opened, that is tried again with
    /// the next look at the online CPUs.
    private func reopen(_ now: MonotonicInstant) {
        guard !isClosed else { return }
        sources.close()
        previous = nil
        isReopeningDue = true
        guard let opened = try? opening.open(now: now) else { return }
        isReopeningDue = false
        failedReadsBefore += sources.failedReads
        sources = opened
        current = CounterFrame(rowCount: sources.layout.rowCount)
        interval = Interval(rowCount: sources.layout.rowCount)
        current.clear(takenAt: now)
        sources.read(into: &current)
        liveness = Liveness(first: current)
        plan = plan.revised(layout: sources.layout, sources: sources.all, liveness: liveness)
        plannedRevision = sources.revision + liveness.revision
    }
}
