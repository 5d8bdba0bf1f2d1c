public import Measures
import Registers
public import Topology

/// Reads a node's hardware counters and derives the metrics of its cores, sockets and the whole node.
///
/// Not Sendable: one thread makes it, samples and closes it. The counters it programs are put back by `close()`, or when
/// it is released.
public final class CounterReader {
    private let roots: KernelRoots
    private let time: any TimeSource
    private let openRegisters: MSRSource.Opener
    private let longestInterval: UInt64

    private var layout: FrameLayout
    private var msr: MSRSource
    private var previous: CounterFrame?
    private var current: CounterFrame
    private var interval: Interval
    private var liveness: Liveness
    private var timeBase: TimeBase
    private var plan: ColumnPlan
    private var plannedRevision = 0
    private var version: UInt32 = 1
    private var tally = CounterSample.Tally()
    private var lastOnlineCheck: MonotonicInstant
    private var newest: Sample?

    /// Opens the counters below `roots` and claims those that nobody else uses. `periodSeconds` is how often the caller
    /// means to sample: an interval of more than three periods, and more than a second, is dropped as a pause.
    ///
    /// Throws `CounterError` when the CPUs cannot be listed or not one CPU's registers can be opened.
    public convenience init(
        roots: KernelRoots = KernelRoots(), time: any TimeSource = SystemTime(), periodSeconds: Double = 0.01
    ) throws(CounterError) {
        try self.init(roots: roots, time: time, periodSeconds: periodSeconds) { number throws(RegisterError) in
            try FileRegisters(path: "\(roots.msr)/\(number)/msr", writable: true)
        }
    }

    init(
        roots: KernelRoots, time: any TimeSource, periodSeconds: Double = 0.01, openRegisters: @escaping MSRSource.Opener
    ) throws(CounterError) {
        self.roots = roots
        self.time = time
        self.openRegisters = openRegisters
        longestInterval = UInt64(max(3 * periodSeconds, 1) * 1e9)
        lastOnlineCheck = time.now
        let online = try ProcessorTopology.onlineCPUs(sysfs: roots.sysfs)
        layout = FrameLayout(topology: ProcessorTopology(online: online, sysfs: roots.sysfs))
        msr = try Self.openMSR(layout, roots, time.now, openRegisters)
        timeBase = TimeBase(nominalHertz: msr.nominalHertz())
        current = CounterFrame(rowCount: layout.rowCount)
        interval = Interval(rowCount: layout.rowCount)
        current.clear(takenAt: time.now)
        msr.read(into: &current)
        liveness = Liveness(first: current)
        plan = ColumnPlan(version: version, layout: layout, sources: [msr], liveness: liveness)
        plannedRevision = revision
    }

    deinit { close() }

    /// The columns of the next sample, unless it finds that they have changed.
    public var columns: ColumnTable { plan.table }

    /// Reads every counter once and derives what happened since the sample before. The first sample has no values, and
    /// neither has the first one after CPUs came or went.
    public func sample() -> CounterSample {
        let now = time.now
        if now.nanoseconds(since: lastOnlineCheck) >= 1_000_000_000 || msr.hasLostCPU { checkOnline(now) }
        current.clear(takenAt: now)
        msr.read(into: &current)
        tally.samples += 1
        let isMeasured = measure(now)
        replanIfNeeded()
        let sample = derive(isMeasured: isMeasured)
        previous = current
        newest = sample
        tally.failedReads = msr.failedReads
        return CounterSample(table: plan.table, sample: sample, takenAt: now, tally: tally)
    }

    /// What the node can tell, with the newest values: every column in its order.
    public func table() -> [ProbeRow] {
        plan.table.columns.enumerated().map { ProbeRow(column: $1, value: newest?[$0]) }
    }

    /// Puts back every control register as it was found. Samples taken afterwards lack what was programmed.
    public func close() { msr.close() }

    private func measure(_ now: MonotonicInstant) -> Bool {
        guard let previous else { return false }
        guard now.nanoseconds(since: previous.takenAt) <= longestInterval else {
            tally.gaps += 1
            return false
        }
        timeBase.observe(from: previous, to: current)
        interval.measure(from: previous, to: current, timeStampHertz: timeBase.hertz, gate: PlausibilityGate())
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
                guard let value = derivation.value(of: entry.formula, over: entry.rows, in: interval), value.isFinite else {
                    continue
                }
                values[index] = value
                presence[index / 64] |= 1 << UInt64(index % 64)
            }
        }
        return Sample(values: values, presence: presence) ?? Sample([])
    }

    private var revision: Int { msr.revision + liveness.revision }

    private func replanIfNeeded() {
        guard revision != plannedRevision else { return }
        plannedRevision = revision
        let next = ColumnPlan(version: version + 1, layout: layout, sources: [msr], liveness: liveness)
        if next.table.columns != plan.table.columns {
            version += 1
            plan = next
        }
    }

    /// Opens everything anew when CPUs came or went. While the list cannot be read, the CPUs stay as they are.
    private func checkOnline(_ now: MonotonicInstant) {
        lastOnlineCheck = now
        guard let online = try? ProcessorTopology.onlineCPUs(sysfs: roots.sysfs) else { return }
        guard msr.hasLostCPU || online != layout.topology.cpus.map(\.number) else { return }
        let next = FrameLayout(topology: ProcessorTopology(online: online, sysfs: roots.sysfs))
        msr.close()
        guard let opened = try? Self.openMSR(next, roots, now, openRegisters) else { return }
        msr = opened
        layout = next
        previous = nil
        current = CounterFrame(rowCount: layout.rowCount)
        current.clear(takenAt: now)
        interval = Interval(rowCount: layout.rowCount)
        msr.read(into: &current)
        liveness = Liveness(first: current)
        version += 1
        plan = ColumnPlan(version: version, layout: layout, sources: [msr], liveness: liveness)
        plannedRevision = revision
    }

    private static func openMSR(
        _ layout: FrameLayout, _ roots: KernelRoots, _ now: MonotonicInstant, _ open: MSRSource.Opener
    ) throws(CounterError) -> MSRSource {
        let signature = KernelText.read("\(roots.proc)/cpuinfo").flatMap { ProcessorSignature(cpuinfo: $0) }
        do {
            return try MSRSource(
                layout: layout, generation: signature?.generation, counters: CorePMU.counters, now: now, open: open)
        } catch {
            throw CounterError(
                "no CPU's registers can be opened below \(roots.msr): \(error); load the msr module (modprobe msr) and grant"
                    + " CAP_SYS_RAWIO, or name another folder with --msr-root")
        }
    }
}
