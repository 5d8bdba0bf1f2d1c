import Measures
import Registers

/// Core and package counters through the msr device of each CPU.
struct MSRSource: CounterSource {
    /// Keeps what the control registers held, by CPU number, before the first of them is written.
    typealias Recorder = ([Int: SavedControl]) -> Void

    /// Opens the registers of a CPU by its number.
    typealias Opener = (Int) throws(RegisterError) -> any RegisterFile

    /// Whether the programmable and fixed counters are this source's.
    private enum Ownership {
        /// They are, on every CPU that could be programmed; verifications that failed since are counted.
        case claimed(failedVerifications: Int)
        /// They are not; claiming is tried again at `retryAt`.
        case refused(retryAt: MonotonicInstant)
    }

    private struct OpenCPU {
        let cpu: LogicalCPU
        let row: Int
        let registers: any RegisterFile
        var pmu: CorePMU?
        var reads: [PlannedRead] = []
    }

    private struct PlannedRead {
        let quantity: Quantity
        let register: RegisterAddress
        /// The rows that the value belongs to: the CPU's own, its siblings' too, or its socket's.
        let rows: [Int]
    }

    static let retryNanoseconds: UInt64 = 30_000_000_000
    static let readsPerVerification = 10
    static let toleratedVerificationFailures = 3

    let name = "msr"
    private(set) var revision = 0
    private(set) var failedReads = 0
    /// Whether a CPU has gone offline since the source was made.
    private(set) var hasLostCPU = false

    private let layout: FrameLayout
    private var plan: EventPlan
    private let generation: ProcessorGeneration?
    private var cpus: [OpenCPU] = []
    private var ownership: Ownership
    private var readsSinceVerification = 0
    private var reasons: [Int: String] = [:]
    private let record: Recorder

    /// Opens every CPU of `layout` and claims its counters if all of them are free. Throws the first error when not one
    /// CPU can be opened. `recorded` holds what an earlier agent saved before it was killed, by CPU number; `record` is
    /// given what this one saves.
    init(
        layout: FrameLayout, generation: ProcessorGeneration?, counters: Int, recorded: [Int: SavedControl] = [:],
        now: MonotonicInstant, record: @escaping Recorder = { _ in }, open: Opener
    ) throws(RegisterError) {
        self.layout = layout
        self.generation = generation
        self.record = record
        plan = EventPlan(generation: generation, counters: 0)
        ownership = .refused(retryAt: now)
        var firstError: RegisterError?
        for (row, cpu) in layout.topology.cpus.enumerated() {
            do {
                cpus.append(OpenCPU(cpu: cpu, row: row, registers: try open(cpu.number)))
            } catch {
                firstError = firstError ?? error
                deny(Quantity.allCases.filter(Self.offered.contains), row: row, "\(error)")
            }
        }
        if cpus.isEmpty, let firstError { throw firstError }
        plan = EventPlan(generation: generation, counters: usableCounters(of: counters))
        claim(now: now, recorded: recorded)
    }

    /// One counter fewer where microcode keeps the fourth for transactional memory: TSX_FORCE_ABORT can be read and its
    /// bit 0 is clear (Skylake to Cooper Lake servers).
    private func usableCounters(of counters: Int) -> Int {
        switch generation {
        case .skylakeServer, .cascadeLake, .cooperLake:
            let abort = cpus.lazy.compactMap { try? $0.registers.read(.transactionForceAbort) }.first
            return abort.map { $0 & 1 == 0 } == true ? min(counters, CorePMU.counters - 1) : counters
        default:
            return counters
        }
    }

    /// The nominal clock that PLATFORM_INFO gives, in hertz; nil where it is not readable or 0, as in guests. The unit
    /// is 100 MHz from Sandy Bridge on (SDM volume 4, MSR_PLATFORM_INFO).
    func nominalHertz() -> Double? {
        guard let value = cpus.lazy.compactMap({ try? $0.registers.read(.platformInfo) }).first else { return nil }
        let ratio = value >> 8 & 0xFF
        return ratio == 0 ? nil : Double(ratio) * 100e6
    }

    // MARK: Claiming

    private mutating func claim(now: MonotonicInstant, recorded: [Int: SavedControl]) {
        revision += 1
        ownership = .refused(retryAt: now.advanced(byNanoseconds: Self.retryNanoseconds))
        defer { planReads() }
        for open in cpus {
            // A CPU whose selectors cannot be read is refused on its own below.
            if let occupant = (try? CorePMU.occupant(of: open.registers, plan: plan)) ?? nil {
                let reason = "the performance counters are in use: on CPU \(open.cpu.number) \(occupant)"
                denyProgrammed(reason)
                return
            }
        }
        var surveyed: [Int: CorePMU] = [:]
        for index in cpus.indices {
            let (number, registers) = (cpus[index].cpu.number, cpus[index].registers)
            do {
                surveyed[index] = try CorePMU(surveying: registers, plan: plan, recorded: recorded[number])
            } catch {
                deny(Self.programmed, row: cpus[index].row, "the counters cannot be programmed: \(error)")
            }
        }
        record(Dictionary(uniqueKeysWithValues: surveyed.map { (cpus[$0].cpu.number, $1.saved) }))
        for index in cpus.indices {
            guard let pmu = surveyed[index] else { continue }
            do {
                try pmu.start()
                cpus[index].pmu = pmu
                allow(Self.programmed, row: cpus[index].row)
            } catch {
                deny(Self.programmed, row: cpus[index].row, "the counters cannot be programmed: \(error)")
            }
        }
        if cpus.contains(where: { $0.pmu != nil }) { ownership = .claimed(failedVerifications: 0) }
    }

    private mutating func verify(now: MonotonicInstant) -> Bool {
        guard case .claimed(let failures) = ownership else { return true }
        readsSinceVerification += 1
        guard failures > 0 || readsSinceVerification >= Self.readsPerVerification else { return true }
        readsSinceVerification = 0
        guard let changed = cpus.first(where: { $0.pmu?.isIntact() == false }) else {
            ownership = .claimed(failedVerifications: 0)
            return true
        }
        guard failures + 1 >= Self.toleratedVerificationFailures else {
            ownership = .claimed(failedVerifications: failures + 1)
            return false
        }
        release()
        ownership = .refused(retryAt: now.advanced(byNanoseconds: Self.retryNanoseconds))
        denyProgrammed("somebody else reprogrammed the performance counters of CPU \(changed.cpu.number)")
        planReads()
        return false
    }

    private mutating func release() {
        for index in cpus.indices {
            cpus[index].pmu?.release()
            cpus[index].pmu = nil
        }
    }

    mutating func close() {
        release()
        planReads()
    }

    // MARK: Reading

    private mutating func planReads() {
        for index in cpus.indices {
            let open = cpus[index]
            let own = [open.row]
            var reads: [PlannedRead] = []
            if open.pmu != nil {
                // These four stand together, so that the moments they are read at differ least.
                reads.append(PlannedRead(quantity: .instructions, register: .fixedCounter(0), rows: own))
                reads.append(PlannedRead(quantity: .cycles, register: .fixedCounter(1), rows: own))
                reads.append(PlannedRead(quantity: .referenceCycles, register: .fixedCounter(2), rows: own))
            }
            let socketRow = layout.row(ofPackage: open.cpu.package)
            let isPackageReader = layout.topology.reader(ofPackage: open.cpu.package) == open.cpu
            let timeRows = isPackageReader ? own + [socketRow].compactMap { $0 } : own
            reads.append(PlannedRead(quantity: .timeStamp, register: .timeStampCounter, rows: timeRows))
            if open.pmu != nil {
                for (counter, event) in plan.events.enumerated() {
                    guard let quantity = EventPlan.quantity(of: event) else { continue }
                    reads.append(PlannedRead(quantity: quantity, register: .programmableCounter(counter), rows: own))
                }
            }
            if open.cpu.readsCore {
                let rows = open.cpu.siblings.compactMap { layout.row(ofCPU: $0) }
                for (quantity, register) in Self.coreResidencies(of: generation) {
                    reads.append(PlannedRead(quantity: quantity, register: register, rows: rows))
                }
            }
            if isPackageReader, let socketRow {
                for (quantity, register) in Self.packageResidencies {
                    reads.append(PlannedRead(quantity: quantity, register: register, rows: [socketRow]))
                }
            }
            cpus[index].reads = reads.filter { read in
                !read.rows.contains { reasons[Self.key(row: $0, quantity: read.quantity)] != nil }
            }
        }
    }

    mutating func read(into frame: inout CounterFrame) {
        if case .refused(let retryAt) = ownership, frame.takenAt >= retryAt { claim(now: frame.takenAt, recorded: [:]) }
        let isIntact = verify(now: frame.takenAt)
        for index in cpus.indices { readCPU(index, into: &frame) }
        guard !isIntact else { return }
        for row in layout.topology.cpus.indices {
            for quantity in Self.programmed { frame[row, quantity] = nil }
        }
    }

    private mutating func readCPU(_ index: Int, into frame: inout CounterFrame) {
        var failures: [(read: Int, error: RegisterError)] = []
        for (number, read) in cpus[index].reads.enumerated() {
            do {
                let value = try cpus[index].registers.read(read.register)
                for row in read.rows { frame[row, read.quantity] = value }
            } catch {
                failures.append((number, error))
            }
        }
        for (number, error) in failures.reversed() {
            failedReads += 1
            let read = cpus[index].reads.remove(at: number)
            hasLostCPU = hasLostCPU || error.meansOffline
            for row in read.rows { deny([read.quantity], row: row, "\(error)") }
        }
    }

    // MARK: Availability

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard Self.offered.contains(quantity), isSocket(row) == Self.isOfPackage(quantity) || quantity == .timeStamp
        else {
            return nil
        }
        if let reason = reasons[Self.key(row: row, quantity: quantity)] { return .unavailable(reason: reason) }
        if Self.events.contains(quantity) {
            guard let event = plan.events.first(where: { EventPlan.quantity(of: $0) == quantity }) else {
                return .unavailable(reason: "no counter is left for this event on this processor")
            }
            return .available(detail: event.description)
        }
        if Self.coreResidency.contains(quantity),
            !Self.coreResidencies(of: generation).contains(where: { $0.0 == quantity })
        {
            return .unavailable(reason: "this processor has no such residency register")
        }
        return .available(detail: nil)
    }

    private func isSocket(_ row: Int) -> Bool { row >= layout.topology.cpus.count }

    private mutating func denyProgrammed(_ reason: String) {
        for row in layout.topology.cpus.indices { deny(Self.programmed, row: row, reason) }
    }

    private mutating func deny(_ quantities: [Quantity], row: Int, _ reason: String) {
        for quantity in quantities { reasons[Self.key(row: row, quantity: quantity)] = reason }
        revision += 1
    }

    private mutating func allow(_ quantities: [Quantity], row: Int) {
        for quantity in quantities { reasons[Self.key(row: row, quantity: quantity)] = nil }
        revision += 1
    }

    private static func key(row: Int, quantity: Quantity) -> Int {
        row * Quantity.allCases.count + Int(quantity.rawValue)
    }

    private static let fixed: [Quantity] = [.instructions, .cycles, .referenceCycles]
    private static let events: [Quantity] = [.l3Misses, .l3References, .l3LoadMisses, .l3LoadHits]
    private static let programmed = fixed + events
    private static let coreResidency: [Quantity] = [.coreC1, .coreC3, .coreC6, .coreC7]
    private static let offered = programmed + coreResidency + [.timeStamp, .packageC2, .packageC6]

    private static func isOfPackage(_ quantity: Quantity) -> Bool { quantity == .packageC2 || quantity == .packageC6 }

    private static func coreResidencies(of generation: ProcessorGeneration?) -> [(Quantity, RegisterAddress)] {
        var residencies: [(Quantity, RegisterAddress)] = [(.coreC6, .coreC6Residency)]
        guard let generation else { return residencies }
        if generation.hasCoreC1Residency { residencies.append((.coreC1, .coreC1Residency)) }
        if generation.hasCoreC3AndC7Residency {
            residencies += [(.coreC3, .coreC3Residency), (.coreC7, .coreC7Residency)]
        }
        return residencies
    }

    private static let packageResidencies: [(Quantity, RegisterAddress)] = [
        (.packageC2, .packageC2Residency), (.packageC6, .packageC6Residency),
    ]
}
