import Measures
import Registers

/// Core and package counters through the kernel's performance events.
struct PerfSource: CounterSource {
    private struct Core {
        let cpu: LogicalCPU
        let row: Int
        /// The package that this CPU gives the time stamp to.
        let packageRow: Int?
        /// What can be counted, most wanted first.
        let offered: [PerfRequest]
        let hasUnit: Bool
        var station: PerfStation
    }

    let name = "perf"
    private(set) var failedReads = 0
    private(set) var reads = 0
    private(set) var hasLostCPU = false

    private let layout: FrameLayout
    private let door: any PerfDoor
    private let exercise: LoadExercise?
    private let absences: PerfAbsences
    private var cores: [Core]
    private var sums: [PerfSum]
    /// Why no core's counters are believed.
    private var fake: String?
    private var isExercised = false
    /// What one read gives, used again for each.
    private var words: [UInt64]

    /// Finds the kernel's units below `sysfs` and which of their events to count on `processor`. Nothing is opened
    /// before `claim`. Core counters are believed after `exercise`, which is nil where they do not count this
    /// machine's work.
    init(
        layout: FrameLayout, roots: KernelRoots, processor: ProcessorDescription, exercise: LoadExercise? = nil,
        door: any PerfDoor = KernelPerfDoor()
    ) {
        self.layout = layout
        self.door = door
        self.exercise = exercise
        let units = PerfPMU.discover(sysfs: roots.sysfs)
        let privilege = PerfPrivilege(proc: roots.proc)
        absences = PerfAbsences(units: units, processor: processor, folder: PerfPMU.folder(sysfs: roots.sysfs))
        let msr = units.first { $0.name == "msr" }
        cores = layout.topology.cpus.enumerated().map { row, cpu in
            let core = units.first { $0.isCore(of: cpu.number) }
            let isReader = layout.topology.reader(ofPackage: cpu.package) == cpu
            let events = PerfCoreEvents(processor.signature, core: core, msr: msr).requests
            return Core(
                cpu: cpu, row: row, packageRow: isReader ? layout.row(ofPackage: cpu.package) : nil,
                offered: events.filter { $0.quantity != .timeStamp || processor.timeStampFlaw == nil },
                hasUnit: core != nil,
                station: PerfStation(cpu: cpu.number, privilege: privilege))
        }
        sums = units.flatMap { Self.sums(of: $0, layout, privilege) }
        let most = cores.map(\.offered.count).max() ?? 0
        words = Array(repeating: 0, count: PerfCounts.words(members: max(most, 8)))
    }

    /// What a unit that counts for cores, caches or packages adds up, for each of them.
    private static func sums(of unit: PerfPMU, _ layout: FrameLayout, _ privilege: PerfPrivilege) -> [PerfSum] {
        if let events = PerfUnitEvents(residenciesOf: unit) {
            // Each reader tells of its own core, or of its own package: these are times, which do not add up.
            return layout.targets(of: events.readers, perCore: unit.name == "cstate_core").map { rows, readers in
                PerfSum(rows: rows, parts: readers.prefix(1).map { ($0, events.requests) }, privilege: privilege)
            }
        }
        guard let events = PerfUnitEvents(energiesOf: unit) ?? PerfUnitEvents(cacheOf: unit) else { return [] }
        return layout.targets(of: events.readers, perCore: false).map { rows, readers in
            PerfSum(rows: rows, parts: readers.map { ($0, events.requests) }, privilege: privilege)
        }
    }

    var revision: Int {
        cores.reduce(0) { $0 + $1.station.revision } + sums.reduce(0) { $0 + $1.revision } + (fake == nil ? 0 : 1)
    }

    var retryAt: MonotonicInstant? {
        (cores.compactMap(\.station.retryAt) + sums.compactMap(\.retryAt)).min()
    }

    // MARK: Claiming

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {
        claimCores(demand, now)
        if fake == nil, areIdleUnderLoad(now) {
            fake = "the core's counters hardly move while the CPU works, as some hypervisors' do"
            claimCores(demand, now)
        }
        for index in sums.indices { sums[index].claim(demand, door: door, now: now, reading: &words) }
    }

    private mutating func claimCores(_ demand: CounterDemand, _ now: MonotonicInstant) {
        var wanted: [(cpu: Int, requests: [PerfRequest])] = []
        var due: [Int] = []
        for index in cores.indices {
            let requests = requests(of: cores[index], demand)
            guard cores[index].station.isDue(requests, now: now) else { continue }
            cores[index].station.clear(for: requests, reading: &words)
            wanted.append((cores[index].cpu.number, cores[index].station.attempt))
            due.append(index)
        }
        guard !due.isEmpty else { return }
        let opened = PerfGroup.open(wanted, door: door)
        for index in due {
            let cpu = cores[index].cpu.number
            if let group = opened.groups.first(where: { $0.cpu == cpu }) {
                cores[index].station.begin(group, now: now)
            } else if let refusal = opened.refusals.first(where: { $0.cpu == cpu }) {
                cores[index].station.refuse(refusal, now: now)
                hasLostCPU = hasLostCPU || refusal.errno.meansOffline
            }
        }
    }

    private func requests(of core: Core, _ demand: CounterDemand) -> [PerfRequest] {
        core.offered.filter { request in
            let isOfPackage =
                request.quantity == .timeStamp
                && core.packageRow.map { demand.contains(.timeStamp, row: $0) } == true
            guard demand.contains(request.quantity, row: core.row) || isOfPackage else { return false }
            return fake == nil || !request.takesCounter
        }
    }

    /// Whether the instructions of the first CPU that counts them do not follow work on it. Found out once.
    private mutating func areIdleUnderLoad(_ now: MonotonicInstant) -> Bool {
        guard let exercise, !isExercised,
            let index = cores.firstIndex(where: { $0.station.quantities.contains(.instructions) }),
            let place = cores[index].station.quantities.firstIndex(of: .instructions)
        else { return false }
        isExercised = true
        var isStart = true
        return exercise.moves(cpu: cores[index].cpu.number) {
            // A group that was just opened need not have run yet; one that did not run during the work proves nothing.
            let isCounted = cores[index].station.read(into: &words, now: now) == .counted
            defer { isStart = false }
            return isStart || isCounted ? cores[index].station.total(at: place) : nil
        } == false
    }

    // MARK: Reading

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        // Counters that were all taken are watched, wanted or not: nobody can want them before they count again.
        let isDue = !due.isDisjoint(with: PerfAbsences.ofCPU)
        for index in cores.indices where isDue || !cores[index].station.isProven { readCore(index, into: &frame) }
        for index in sums.indices {
            let (count, losses) = sums[index].read(due, into: &frame, reading: &words)
            reads += count
            failedReads += losses.count
        }
    }

    private mutating func readCore(_ index: Int, into frame: inout CounterFrame) {
        guard !cores[index].station.quantities.isEmpty else { return }
        reads += 1
        switch cores[index].station.read(into: &words, now: frame.takenAt) {
        case .counted:
            for (place, quantity) in cores[index].station.quantities.enumerated() {
                let total = cores[index].station.total(at: place)
                frame[cores[index].row, quantity] = total
                if quantity == .timeStamp, let row = cores[index].packageRow { frame[row, quantity] = total }
            }
        case .absent: break
        case .starved: cores[index].station.shed(door: door, now: frame.takenAt)
        case .lost(let loss):
            failedReads += 1
            hasLostCPU = hasLostCPU || loss.meansOffline
        }
    }

    mutating func close() {
        for index in cores.indices { cores[index].station.close() }
        for index in sums.indices { sums[index].close() }
    }

    // MARK: Availability

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        for sum in sums where sum.rows.contains(row) {
            if let availability = sum.availability(of: quantity) { return availability }
        }
        let core = cores.first { $0.row == row || quantity == .timeStamp && $0.packageRow == row }
        if let core {
            if let fake, QuantitySet.coreCounters.contains(quantity) { return .unavailable(reason: fake) }
            if let availability = core.station.availability(of: quantity) { return availability }
        }
        let isOfCPU = row < layout.topology.cpus.count
        return absences.reason(quantity, isOfCPU: isOfCPU, hasCoreUnit: core?.hasUnit == true)
            .map { .unavailable(reason: $0) }
    }
}

extension FrameLayout {
    /// The readers of a unit by the rows that they tell of: the CPUs that share a reader's core, or its package.
    /// Readers that are not online are left out.
    func targets(of readers: [Int], perCore: Bool) -> [(rows: [Int], readers: [Int])] {
        let cpus = readers.compactMap { number in topology.cpus.first { $0.number == number } }
        if perCore { return cpus.map { ($0.siblings.compactMap { row(ofCPU: $0) }, [$0.number]) } }
        return topology.packages.compactMap { package in
            let own = cpus.filter { $0.package == package }.map(\.number)
            return own.isEmpty ? nil : row(ofPackage: package).map { ([$0], own) }
        }
    }
}
