import Measures
import Registers
import Topology

@testable import Counters

/// A machine whose kernel counts as it is told: files that describe it, and a door that counts.
final class PerfMachine: Sendable {
    /// Codes of the events of the units that `addUnits` knows, by the names that the kernel gives them.
    enum Code {
        static let cycles = PerfEventCode(type: 0, config: 0)
        static let instructions = PerfEventCode(type: 0, config: 1)
        static let cacheReferences = PerfEventCode(type: 0, config: 2)
        static let cacheMisses = PerfEventCode(type: 0, config: 3)
        static let referenceCycles = PerfEventCode(type: 0, config: 9)
        static let loadMisses = PerfEventCode(type: 4, config: 0x20D1)
        static let loadHits = PerfEventCode(type: 4, config: 0x4D1)
        static let timeStamp = PerfEventCode(type: 9, config: 0)
        static let actualClock = PerfEventCode(type: 9, config: 1)
        static let maximumClock = PerfEventCode(type: 9, config: 2)
        static let coreC6 = PerfEventCode(type: 20, config: 2)
        static let packageC2 = PerfEventCode(type: 21, config: 0)
        static let packageC6 = PerfEventCode(type: 21, config: 2)
        static let packageEnergy = PerfEventCode(type: 22, config: 2)
        static let memoryEnergy = PerfEventCode(type: 22, config: 3)
    }

    static let timeStampHertz: UInt64 = 2_000_000_000

    let tree: PerfTree
    let door: ScriptedPerfDoor
    let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000))

    /// CPUs numbered from 0, cores of `threads` neighbours each, spread evenly over `packages`.
    init(cpus: Int = 4, threads: Int = 2, packages: Int = 1) throws {
        tree = try PerfTree()
        door = ScriptedPerfDoor(cpus: 0..<cpus)
        try tree.write("0-\(cpus - 1)", to: "devices/system/cpu/online")
        for cpu in 0..<cpus {
            let folder = "devices/system/cpu/cpu\(cpu)/topology"
            let first = cpu / threads * threads
            try tree.write("\(cpu / (cpus / packages))", to: "\(folder)/physical_package_id")
            try tree.write("\(first)-\(first + threads - 1)", to: "\(folder)/thread_siblings_list")
        }
        try tree.write("2", to: "sys/kernel/perf_event_paranoid")
        try tree.write("CapEff:\t0000000000000000", to: "self/status")
        // Time stamps are read, not counted, and other units have counters of their own.
        for type: UInt32 in [9, 20, 21, 22] { door.takeNoCounter(type: type) }
    }

    /// Adds the units of an Intel server without its memory controllers: the CPUs at 2 GHz, C0 1/4, IPC 3/2, C6 1/2.
    func addIntelServer(coreReaders: String = "0,2", packageReaders: String = "0") throws {
        try tree.addUnit("cpu", type: 4, ["format/event": "config:0-7", "format/umask": "config:8-15"])
        try addTimeStamps()
        try tree.addUnit(
            "cstate_core", type: 20,
            ["cpumask": coreReaders, "format/event": "config:0-63", "events/c6-residency": "event=0x02"])
        try tree.addUnit(
            "cstate_pkg", type: 21,
            [
                "cpumask": packageReaders, "format/event": "config:0-63", "events/c2-residency": "event=0x00",
                "events/c6-residency": "event=0x02",
            ])
        try tree.addUnit(
            "power", type: 22,
            [
                "cpumask": packageReaders, "format/event": "config:0-7", "events/energy-pkg": "event=0x02",
                "events/energy-pkg.scale": "2.3283064365386962890625e-10", "events/energy-pkg.unit": "Joules",
                "events/energy-ram": "event=0x03", "events/energy-ram.scale": "2.3283064365386962890625e-10",
                "events/energy-ram.unit": "Joules",
            ])
        for (code, perSecond): (PerfEventCode, UInt64) in [
            (Code.cycles, 500_000_000), (Code.instructions, 750_000_000), (Code.referenceCycles, 500_000_000),
            (Code.cacheMisses, 200_000), (Code.cacheReferences, 800_000), (Code.loadMisses, 50_000),
            (Code.loadHits, 150_000), (Code.coreC6, 1_000_000_000), (Code.packageC2, 250_000_000),
            (Code.packageC6, 500_000_000), (Code.packageEnergy, 100 << 32), (Code.memoryEnergy, 25 << 32),
        ] { door.count(code, perSecond: perSecond) }
    }

    /// Adds the unit of time stamps, MPERF and APERF.
    func addTimeStamps() throws {
        try tree.addUnit(
            "msr", type: 9,
            [
                "format/event": "config:0-63", "events/tsc": "event=0x00", "events/aperf": "event=0x01",
                "events/mperf": "event=0x02",
            ])
        door.count(Code.timeStamp, perSecond: Self.timeStampHertz)
        door.count(Code.maximumClock, perSecond: 500_000_000)
        door.count(Code.actualClock, perSecond: 750_000_000)
    }

    /// Adds memory controllers of one kind, numbered from 0; `events` are the kernel's names.
    func addMemory(_ name: String, count: Int, type: Int, readers: String = "0", events: [String: String]) throws {
        for number in 0..<count {
            var files = ["cpumask": readers, "format/event": "config:0-7", "format/umask": "config:8-15"]
            for (event, terms) in events {
                files["events/\(event)"] = terms
                files["events/\(event).scale"] = "6.103515625e-5"
                files["events/\(event).unit"] = "MiB"
            }
            try tree.addUnit("\(name)_\(number)", type: type + number, files)
        }
    }

    /// Column commands of servers.
    static let columnCommands = [
        "cas_count_read": "event=0x04,umask=0x03", "cas_count_write": "event=0x04,umask=0x0c",
    ]

    var roots: KernelRoots { KernelRoots(sysfs: tree.root, proc: tree.root) }

    var layout: FrameLayout {
        get throws {
            let online = try ProcessorTopology.onlineCPUs(sysfs: tree.root)
            return FrameLayout(topology: ProcessorTopology(online: online, sysfs: tree.root))
        }
    }

    /// Lets hardware and clock go on together, by 10 ms.
    func step(nanoseconds: UInt64 = 10_000_000) {
        door.advance(nanoseconds: nanoseconds)
        time.advance(byNanoseconds: nanoseconds)
    }

    /// The sources of this machine and what is made of them.
    func reading(
        _ signature: ProcessorSignature?, exercise: LoadExercise? = nil, _ others: [any CounterSource] = []
    ) throws -> PerfReadings {
        let layout = try layout
        let core = PerfSource(layout: layout, roots: roots, processor: ProcessorDescription(signature: signature), exercise: exercise, door: door)
        let memory = PerfMemorySource(layout: layout, roots: roots, door: door)
        return PerfReadings(self, layout, others + [core, memory])
    }
}

/// Samples taken as a counter reader takes them.
final class PerfReadings {
    private let machine: PerfMachine
    private(set) var sources: OpenSources
    private var tracks: [CadenceTrack]
    private var node: NodeView
    private var frame: CounterFrame
    private var newest = Sample([])

    init(_ machine: PerfMachine, _ layout: FrameLayout, _ sources: [any CounterSource]) {
        self.machine = machine
        self.sources = OpenSources(
            layout: layout, sources: sources, timeStampHertz: Double(PerfMachine.timeStampHertz),
            gate: PlausibilityGate(), now: machine.time.now)
        frame = CounterFrame(rowCount: layout.rowCount)
        tracks = Cadence.allCases.map { CadenceTrack($0, periodNanoseconds: 0, rowCount: layout.rowCount) }
        node = NodeView(.wholeMachine, self.sources, periods: SamplingPeriods(tick: 0.01, slow: 0, accounting: 0))
        step()
    }

    private func read() {
        frame.clear(takenAt: machine.time.now)
        sources.read(node.plan.quantities.union(sources.selection.watched), into: &frame)
        for index in tracks.indices {
            tracks[index].take(
                frame, selection: sources.selection, timeStampHertz: sources.timeStampHertz, gate: sources.gate)
            if tracks[index].isMeasured { sources.observe(tracks[index].interval) }
        }
        if let changed = sources.reselect(now: machine.time.now) {
            for index in tracks.indices { tracks[index].forget(changed) }
            node.revise(sources)
        }
        newest = node.derive(
            MetricDerivation(selection: sources.selection, timeStampHertz: sources.timeStampHertz), tracks)
    }

    /// Lets the machine go on for 10 ms, `times` times, and samples after each.
    func step(_ times: Int = 1) {
        for _ in 0..<times {
            machine.step()
            read()
        }
    }

    /// Lets `seconds` pass and takes two samples, the first of which ends the pause.
    func pause(seconds: UInt64) {
        machine.step(nanoseconds: seconds * 1_000_000_000)
        read()
        step()
    }

    /// The value of `metric` in `scope` in the newest sample, nil when absent.
    func value(_ metric: Metric, _ scope: Scope = .system) -> Double? {
        node.plan.table.columns.firstIndex { $0.metric == metric && $0.scope == scope }.flatMap { newest[$0] }
    }

    func column(_ metric: Metric, _ scope: Scope = .system) -> Column? {
        node.plan.table.columns.first { $0.metric == metric && $0.scope == scope }
    }

    var version: UInt32 { node.plan.table.version }

    func close() { sources.close() }
}
