import KernelFiles
public import Measures
import Registers
public import Topology

/// Reads a node's hardware counters and derives the metrics of its cores, sockets and the whole node.
///
/// Not Sendable: one thread makes it, samples and closes it. The counters it programs are put back by `close()`, or
/// when it is released.
public final class CounterReader {
    private let time: any TimeSource
    private var longestInterval: UInt64
    private var periods: SamplingPeriods
    private let opening: SourceOpening

    private var sources: OpenSources
    private var tracks: [CadenceTrack]
    private var frame: CounterFrame
    private var timeBase: TimeBase
    private var node: NodeView
    private var guests: [NodeView]
    private var used: QuantitySet = .all
    private var tally = CounterSample.Tally()
    private var lastSampleAt: MonotonicInstant?
    private var suspendedBefore: UInt64
    private var lastOnlineCheck: MonotonicInstant
    private var isClosed = false
    /// Reads of the sources that were open before the present ones.
    private var readsBefore = (all: 0, failed: 0)
    /// Whether the sources were closed and could not be opened again yet.
    private var isReopeningDue = false

    /// Opens the counters that `settings` describe, puts back what a killed reader left, and claims what nobody else
    /// uses.
    ///
    /// Throws `CounterError` when the CPUs cannot be listed, when the msr device alone is to be used and not one CPU's
    /// registers can be opened, or when the record of claims cannot be written.
    public convenience init(
        roots: KernelRoots = KernelRoots(), time: any TimeSource = SystemTime(), settings: CounterSettings
    ) throws(CounterError) {
        raiseDescriptorLimit()
        let record = settings.claimRecord.map { ClaimRecord(path: $0) }
        try self.init(
            time: time, settings: settings,
            opening: SourceOpening(
                roots: roots, preference: settings.preference, isReadOnly: settings.isReadOnly,
                ledger: try ClaimLedger(record), inspection: roots.areReal ? .thisMachine : .none,
                exercise: roots.areReal ? .spinning : nil, suspendClock: roots.areReal ? .system : .never,
                perfDoor: roots.areReal ? KernelPerfDoor() : nil, openCPUID: roots.cpuid,
                openMemory: roots.memoryOpener
            ) { number throws(RegisterError) in
                let path = "\(roots.msr)/\(number)/msr"
                guard !settings.isReadOnly else { return try FileRegisters(path: path, writable: false) }
                do throws(RegisterError) {
                    return try FileRegisters(path: path, writable: true)
                } catch {
                    guard error.meansReadOnly else { throw error }
                    return try FileRegisters(path: path, writable: false)
                }
            })
    }

    init(time: any TimeSource, settings: CounterSettings, opening: SourceOpening) throws(CounterError) {
        self.time = time
        self.opening = opening
        periods = settings.periods
        longestInterval = settings.periods.longestIntervalNanoseconds
        let now = time.now
        lastOnlineCheck = now
        suspendedBefore = opening.suspendClock.nanoseconds()
        opening.repair()
        sources = try opening.open(now: now)
        timeBase = TimeBase(nominalHertz: sources.timeStampHertz)
        frame = CounterFrame(rowCount: sources.layout.rowCount)
        tracks = Cadence.allCases.map { [rowCount = sources.layout.rowCount] cadence in
            CadenceTrack(cadence, periodNanoseconds: settings.periods.nanoseconds(cadence), rowCount: rowCount)
        }
        node = NodeView(.wholeMachine, sources, periods: settings.periods)
        guests = settings.guests.map { [sources] in NodeView($0, sources, periods: settings.periods) }
        readOnce(now)
        replan()
    }

    deinit { close() }

    /// Says how often the caller means to sample from now on: what counts as a pause, and what is read less often than at
    /// each sample, follow it.
    public func expectPeriod(seconds: Double) {
        periods.tick = seconds
        longestInterval = periods.longestIntervalNanoseconds
        for cadence in Cadence.allCases {
            tracks[cadence.rawValue].periodNanoseconds = periods.nanoseconds(cadence)
        }
    }

    /// The columns of the next sample, unless it finds that they have changed.
    public var columns: ColumnTable { node.plan.table }

    /// Reads every counter that is due and derives what happened since it was read before. The first sample has no
    /// values, and neither has the first one after CPUs came or went.
    public func sample() -> CounterSample {
        let now = time.now
        if hasPaused(now) {
            tally.gaps += 1
            // A machine that comes back from a suspend has forgotten its programming.
            reopen(now)
        } else if now.nanoseconds(since: lastOnlineCheck) >= Self.onlineCheckNanoseconds {
            followHotPlug(now)
        }
        measure(now)
        if areClocksAtOdds {
            // A guest that was moved to another machine has other counters, at other rates.
            tally.gaps += 1
            reopen(now)
            measure(now)
        }
        if let changed = sources.reselect(now: now) {
            for index in tracks.indices { tracks[index].forget(changed) }
            replan()
        }
        lastSampleAt = now
        tally.samples += 1
        return derived(&node)
    }

    /// What the guest of this index in the order of the settings was found to do, from the counters that `sample()` read last.
    public func sample(ofGuest index: Int) -> CounterSample { derived(&guests[index]) }

    /// What the node can tell, with the newest values: every column in its order.
    public func table() -> [ProbeRow] { node.table() }

    /// Puts back every control register as it was found. Samples taken afterwards lack what was programmed.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        sources.close()
        opening.ledger.clear()
    }

    private func measure(_ now: MonotonicInstant) {
        var quantities: QuantitySet = []
        for cadence in Cadence.allCases where tracks[cadence.rawValue].isDue(now) {
            quantities.formUnion(cadence.quantities)
        }
        frame.clear(takenAt: now)
        sources.read(quantities.intersection(used), into: &frame)
        timeBase.observe(frame)
        for cadence in Cadence.allCases {
            let isDue = quantities.isSuperset(of: cadence.quantities)
            isDue ? take(cadence.rawValue) : tracks[cadence.rawValue].skip()
        }
        tally.reads = readsBefore.all + sources.reads
        tally.failedReads = readsBefore.failed + sources.failedReads
    }

    /// Whether the machine or the caller stood still since the sample before.
    private func hasPaused(_ now: MonotonicInstant) -> Bool {
        let suspended = opening.suspendClock.nanoseconds()
        defer { suspendedBefore = suspended }
        if suspended > suspendedBefore, suspended - suspendedBefore > SuspendClock.leastSuspend { return true }
        return lastSampleAt.map { now.nanoseconds(since: $0) > longestInterval } ?? false
    }

    /// Whether every CPU seems to have been busy for longer than the interval lasted by its time stamp.
    private var areClocksAtOdds: Bool {
        let track = tracks[Cadence.tick.rawValue]
        return track.isMeasured && track.interval.areClocksAtOdds(rows: sources.layout.topology.cpus.indices)
    }

    private func take(_ index: Int) {
        tracks[index].take(
            frame, selection: sources.selection, timeStampHertz: timeBase.hertz, gate: sources.gate)
        guard tracks[index].isMeasured else { return }
        tally.implausible += tracks[index].interval.tally.implausible
        tally.resets += tracks[index].interval.tally.resets
        sources.observe(tracks[index].interval)
    }

    private func derived(_ view: inout NodeView) -> CounterSample {
        let derivation = MetricDerivation(selection: sources.selection, timeStampHertz: timeBase.hertz)
        let sample = view.derive(derivation, tracks)
        return CounterSample(
            table: view.plan.table, sample: sample, takenAt: lastSampleAt ?? frame.takenAt, tally: tally)
    }

    private func replan() {
        node.revise(sources)
        for index in guests.indices { guests[index].revise(sources) }
        // What never moved is watched only where something would be won if it did.
        used = ([node] + guests).reduce([]) { used, view in
            used.union(view.plan.quantities).union(view.plan.preferred.intersection(sources.selection.watched))
        }
    }

    private static let onlineCheckNanoseconds: UInt64 = 1_000_000_000

    /// Opens everything anew when CPUs came or went. While the CPUs cannot be listed, everything stays as it is.
    private func followHotPlug(_ now: MonotonicInstant) {
        lastOnlineCheck = now
        guard let online = opening.onlineCPUs() else { return }
        let isChanged = sources.hasLostCPU || online != sources.layout.topology.cpus.map(\.number)
        if isChanged || isReopeningDue { reopen(now) }
    }

    /// Closes and opens all sources; every baseline starts again. Where they cannot be opened, that is tried again with
    /// the next look at the online CPUs.
    private func reopen(_ now: MonotonicInstant) {
        guard !isClosed else { return }
        sources.close()
        let rowCount = sources.layout.rowCount
        for index in tracks.indices { tracks[index].reset(rowCount: rowCount) }
        isReopeningDue = true
        guard let opened = try? opening.open(now: now) else { return }
        isReopeningDue = false
        readsBefore = (readsBefore.all + sources.reads, readsBefore.failed + sources.failedReads)
        sources = opened
        timeBase.restart()
        frame = CounterFrame(rowCount: sources.layout.rowCount)
        for index in tracks.indices { tracks[index].reset(rowCount: sources.layout.rowCount) }
        readOnce(now)
        replan()
    }

    /// Reads everything once, so that counters which never moved since power-on are known before the columns are planned.
    private func readOnce(_ now: MonotonicInstant) {
        frame.clear(takenAt: now)
        sources.read(.all, into: &frame)
        _ = sources.reselect(now: now)
    }
}

extension KernelRoots {
    /// Whether the registers are those of this machine, so that its processes use them and its work moves them. Where
    /// files stand in for them, neither is so.
    fileprivate var areReal: Bool { self == KernelRoots() }

    /// Opens physical memory; nil where files stand in for the machine and none for its memory, which must not be taken
    /// for this machine's.
    fileprivate var memoryOpener: FreeRunningMemorySource.Opener? {
        guard areReal || mem != KernelRoots().mem else { return nil }
        return { [mem] address, byteCount throws(RegisterError) in
            try PhysicalMemory(path: mem).window(at: address, byteCount: byteCount)
        }
    }

    /// What the CPU of a number says of itself, by the kernel's cpuid device beside its msr device. Where there is none, a
    /// machine's own CPUs are asked directly.
    fileprivate func cpuid(_ number: Int) -> (any CPUIDSource)? {
        if let device = try? FileCPUID(path: "\(msr)/\(number)/cpuid") { return device }
        return areReal ? InstructionCPUID() : nil
    }
}
