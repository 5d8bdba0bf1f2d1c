import Measures
import Registers

/// Core and package counters through the msr device of each CPU.
struct MSRSource: CounterSource {
    /// Opens the registers of a CPU by its number.
    typealias Opener = (Int) throws(RegisterError) -> any RegisterFile

    /// Whether the core counters are this source's.
    private enum Ownership {
        /// Nobody asked for them.
        case unwanted
        /// They are, on every CPU that could be programmed; verifications that failed since are counted.
        case claimed(failedVerifications: Int)
        /// They are not; claiming is worth another try at `retryAt`, never where that is nil.
        case refused(retryAt: MonotonicInstant?)
    }

    private struct OpenCPU {
        let cpu: LogicalCPU
        let row: Int
        let registers: any RegisterFile
        let core: (any CoreProgramme)?
        var claim: RegisterClaim?
        var reads: [PlannedRead] = []
        /// The rows of all planned reads, one read after the other.
        var rows: [Int] = []
    }

    /// A register to be read, without anything that would have to be retained at each of many thousand reads a second.
    private struct PlannedRead {
        let quantity: Quantity
        let register: RegisterAddress
        let decoding: MSRProfile.Decoding
        /// Where the rows that the value belongs to stand in its CPU's list: the CPU's own, its siblings' too, or its
        /// socket's.
        let rows: Range<Int>
    }

    static let retryNanoseconds: UInt64 = 30_000_000_000
    static let readsPerVerification = 10
    static let toleratedVerificationFailures = 3

    let name = "msr"
    private(set) var revision = 0
    private(set) var failedReads = 0
    private(set) var reads = 0
    private(set) var hasLostCPU = false

    private let layout: FrameLayout
    private let profile: MSRProfile
    private let isReadOnly: Bool
    private let ledger: ClaimLedger
    private let inspection: OwnerInspection
    private let exercise: LoadExercise?
    private var cpus: [OpenCPU] = []
    private var demand: CounterDemand
    private var ownership = Ownership.unwanted
    private var readsSinceVerification = 0
    private var reasons: [Int: String] = [:]
    private var kinds: [Int: CounterKind] = [:]

    /// Opens every CPU of `layout`; `profile` is told the first one's registers, or nil when not one can be opened. Nothing
    /// is written before `claim`, and nothing at all when `isReadOnly`. What was claimed is believed after `exercise`, which
    /// is nil for registers that do not count this machine's work.
    init(
        layout: FrameLayout, isReadOnly: Bool = false, ledger: ClaimLedger, inspection: OwnerInspection,
        exercise: LoadExercise? = nil, open: Opener, profile makeProfile: ((any RegisterFile)?) -> MSRProfile
    ) {
        self.layout = layout
        self.isReadOnly = isReadOnly
        self.ledger = ledger
        self.inspection = inspection
        self.exercise = exercise
        demand = CounterDemand(everythingFor: layout)
        var opened: [(cpu: LogicalCPU, row: Int, registers: any RegisterFile)] = []
        var failures: [(row: Int, error: RegisterError)] = []
        for (row, cpu) in layout.topology.cpus.enumerated() {
            do {
                opened.append((cpu, row, try open(cpu.number)))
            } catch {
                failures.append((row, error))
            }
        }
        profile = makeProfile(opened.first?.registers)
        for (cpu, row, registers) in opened {
            cpus.append(OpenCPU(cpu: cpu, row: row, registers: registers, core: profile.core(cpu.kind)))
        }
        for (row, error) in failures { denyAll(ofCPU: row, Self.sentence(error)) }
        for package in layout.topology.packages where !opened.contains(where: { isReader($0.cpu, ofPackage: package) }) {
            guard let row = layout.row(ofPackage: package) else { continue }
            let reason = failures.first.map { Self.sentence($0.error) } ?? "the CPU that reads the package is not open"
            deny(QuantitySet(profile.ofPackage.map(\.quantity)).union(.timeStamp), row: row, reason)
        }
    }

    /// Whether not one CPU's registers could be opened.
    var isEmpty: Bool { cpus.isEmpty }
    /// The rate of the time-stamp counter, nil where it has to be measured.
    var timeStampHertz: Double? { profile.timeStampHertz }

    private func isReader(_ cpu: LogicalCPU, ofPackage package: Int) -> Bool {
        layout.topology.reader(ofPackage: package) == cpu
    }

    /// What a device that cannot be opened means, with its remedy.
    private static func sentence(_ error: RegisterError) -> String {
        error.meansMissing
            ? "\(error); load the msr module (modprobe msr)"
            : error.meansReadOnly ? "\(error); grant CAP_SYS_RAWIO and access to the device" : "\(error)"
    }

    // MARK: Claiming

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {
        self.demand = demand
        let isWanted = demand.isAnyWanted(of: .coreCounters)
        switch ownership {
        case .claimed where isWanted: break
        case .claimed:
            release()
            ownership = .unwanted
        case .refused(let retryAt) where retryAt.map { now < $0 } ?? true: break
        case .unwanted, .refused:
            if isWanted { claimCores(now) }
        }
        planReads()
    }

    var retryAt: MonotonicInstant? {
        if case .refused(let instant) = ownership { instant } else { nil }
    }

    private mutating func claimCores(_ now: MonotonicInstant) {
        revision += 1
        if isReadOnly {
            refuse(retryAt: nil, "no register is written in read-only mode, and core counters have to be programmed")
            return
        }
        guard cpus.contains(where: { $0.core != nil }) else {
            refuse(retryAt: nil, profile.coreAbsence)
            return
        }
        let retryAt = now.advanced(byNanoseconds: Self.retryNanoseconds)
        putBackLeftOvers()
        if let occupant = occupant() {
            refuse(retryAt: retryAt, "the performance counters are in use: \(occupant)")
            return
        }
        var surveyed: [Int: RegisterClaim] = [:]
        for index in cpus.indices {
            guard let core = cpus[index].core else {
                deny(.coreCounters, row: cpus[index].row, profile.coreAbsence)
                continue
            }
            do {
                surveyed[index] = try RegisterClaim(surveying: cpus[index].registers, for: core.programme)
            } catch {
                deny(.coreCounters, row: cpus[index].row, "the counters cannot be programmed: \(error)")
            }
        }
        ledger.note(
            Dictionary(uniqueKeysWithValues: surveyed.map { index, claim in
                (Self.place(cpus[index].cpu), claim.claimed)
            }))
        ownership = .refused(retryAt: retryAt)
        for (index, claim) in surveyed.sorted(by: { $0.key < $1.key }) { start(claim, index) }
        if areIdleUnderLoad() {
            release()
            refuse(retryAt: nil, "the performance counters hardly move while the CPU works, as some hypervisors' do")
        }
    }

    /// Puts back what an earlier claim could not, because a register failed just then: it would look like a stranger's.
    private func putBackLeftOvers() {
        for open in cpus {
            guard let left = ledger.claim(of: Self.place(open.cpu)) else { continue }
            RegisterClaim(left: left, in: open.registers).release()
        }
    }

    private static func place(_ cpu: LogicalCPU) -> SavedControls.Place {
        SavedControls.Place(cpu: cpu.number, purpose: "core")
    }

    /// Whether the first claimed CPU's instructions do not follow work on it.
    private func areIdleUnderLoad() -> Bool {
        guard let exercise, let open = cpus.first(where: { $0.claim != nil }),
            let counter = open.core?.counters.first(where: { $0.quantity == .instructions })
        else { return false }
        return exercise.moves(cpu: open.cpu.number) { try? open.registers.read(counter.register) } == false
    }

    private mutating func start(_ claim: RegisterClaim, _ index: Int) {
        let row = cpus[index].row
        do {
            try claim.start()
            cpus[index].claim = claim
            ownership = .claimed(failedVerifications: 0)
            allow(.coreCounters, row: row)
        } catch {
            deny(.coreCounters, row: row, "the counters cannot be programmed: \(error)")
        }
    }

    /// Who uses the core counters, nil when they are free. A CPU whose controls cannot be read is refused on its own
    /// when its turn comes.
    private func occupant() -> String? {
        for open in cpus {
            guard let core = open.core, let found = (try? core.occupant(of: open.registers)) ?? nil else { continue }
            return "on CPU \(open.cpu.number) \(found)"
        }
        return inspection.occupant(
            cpus.compactMap { open in open.core.map { (open.cpu.number, open.registers, $0.witnesses) } })
    }

    private mutating func refuse(retryAt: MonotonicInstant?, _ reason: String) {
        ownership = .refused(retryAt: retryAt)
        for open in cpus { deny(.coreCounters, row: open.row, reason) }
    }

    /// Looks whether the programming still stands; false when this reading of the core counters cannot be believed.
    private mutating func verify(now: MonotonicInstant) -> Bool {
        guard case .claimed(let failures) = ownership else { return true }
        readsSinceVerification += 1
        guard failures > 0 || readsSinceVerification >= Self.readsPerVerification else { return true }
        readsSinceVerification = 0
        guard let changed = cpus.first(where: { $0.claim?.isIntact() == false }) else {
            ownership = .claimed(failedVerifications: 0)
            return true
        }
        guard failures + 1 >= Self.toleratedVerificationFailures else {
            ownership = .claimed(failedVerifications: failures + 1)
            return false
        }
        release()
        refuse(
            retryAt: now.advanced(byNanoseconds: Self.retryNanoseconds),
            "somebody else reprogrammed the performance counters of CPU \(changed.cpu.number)")
        planReads()
        return false
    }

    private mutating func release() {
        for index in cpus.indices {
            cpus[index].claim?.release()
            cpus[index].claim = nil
        }
    }

    mutating func close() {
        release()
        for index in cpus.indices { cpus[index].reads = [] }
    }

    // MARK: Reading

    /// Lists what is wanted and not known to fail, CPU by CPU; counters that are compared with each other and with the
    /// time stamp stand together, so that the moments they are read at differ least.
    private mutating func planReads() {
        kinds = [:]
        for index in cpus.indices {
            let (cpu, own) = (cpus[index].cpu, [cpus[index].row])
            let package = layout.row(ofPackage: cpu.package).map { [$0] } ?? []
            let readsPackage = isReader(cpu, ofPackage: cpu.package)
            var reads: [PlannedRead] = []
            var listed: [Int] = []
            func add(_ register: MSRProfile.FreeRegister, _ rows: [Int]) {
                add(register.quantity, register.register, register.kind, register.decoding, rows)
            }
            func add(
                _ quantity: Quantity, _ register: RegisterAddress, _ kind: CounterKind,
                _ decoding: MSRProfile.Decoding, _ rows: [Int]
            ) {
                for row in rows { kinds[Self.key(row: row, quantity: quantity)] = kind }
                let wanted = rows.filter {
                    demand.contains(quantity, row: $0) && reasons[Self.key(row: $0, quantity: quantity)] == nil
                }
                guard !wanted.isEmpty else { return }
                let range = listed.count..<listed.count + wanted.count
                reads.append(PlannedRead(quantity: quantity, register: register, decoding: decoding, rows: range))
                listed += wanted
            }
            let counters = cpus[index].core?.counters ?? []
            for counter in counters.prefix(3) { add(counter.quantity, counter.register, counter.kind, .asRead, own) }
            for register in profile.ofCPU { add(register, register.quantity == .timeStamp && readsPackage ? own + package : own) }
            for counter in counters.dropFirst(3) { add(counter.quantity, counter.register, counter.kind, .asRead, own) }
            if cpu.readsCore {
                for register in profile.ofCore { add(register, cpu.siblings.compactMap { layout.row(ofCPU: $0) }) }
            }
            if readsPackage {
                for register in profile.ofPackage { add(register, package) }
            }
            if cpus[index].claim == nil { reads.removeAll { QuantitySet.coreCounters.contains($0.quantity) } }
            cpus[index].reads = reads
            cpus[index].rows = listed
        }
    }

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        let isIntact = due.isDisjoint(with: .coreCounters) || verify(now: frame.takenAt)
        let believed = isIntact ? due : due.subtracting(.coreCounters)
        for index in cpus.indices { readCPU(index, believed, into: &frame) }
    }

    private mutating func readCPU(_ index: Int, _ due: QuantitySet, into frame: inout CounterFrame) {
        var failures: [(read: Int, error: RegisterError)] = []
        let (registers, planned, rows) = (cpus[index].registers, cpus[index].reads, cpus[index].rows)
        for (number, read) in planned.enumerated() where due.contains(read.quantity) {
            reads += 1
            do throws(RegisterError) {
                guard let value = read.decoding.value(of: try registers.read(read.register)) else { continue }
                for place in read.rows { frame[rows[place], read.quantity] = value }
            } catch {
                failures.append((number, error))
            }
        }
        for (number, error) in failures.reversed() {
            failedReads += 1
            let read = cpus[index].reads.remove(at: number)
            hasLostCPU = hasLostCPU || error.meansOffline
            for place in read.rows { deny(read.quantity.bit, row: rows[place], "\(error)") }
        }
    }

    // MARK: Availability

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        let key = Self.key(row: row, quantity: quantity)
        if let reason = reasons[key] { return .unavailable(reason: reason) }
        if let kind = kinds[key] {
            guard !QuantitySet.coreCounters.contains(quantity) || isClaimed(row) else {
                return .unavailable(reason: "the core counters were given back")
            }
            return .available(kind)
        }
        return profile.absences[quantity].map { .unavailable(reason: $0) }
    }

    private func isClaimed(_ row: Int) -> Bool { cpus.contains { $0.row == row && $0.claim != nil } }

    private mutating func denyAll(ofCPU row: Int, _ reason: String) {
        let offered = profile.ofCPU + profile.ofCore
        deny(QuantitySet(offered.map(\.quantity)).union(.coreCounters), row: row, reason)
    }

    private mutating func deny(_ quantities: QuantitySet, row: Int, _ reason: String) {
        quantities.forEach { reasons[Self.key(row: row, quantity: $0)] = reason }
        revision += 1
    }

    private mutating func allow(_ quantities: QuantitySet, row: Int) {
        quantities.forEach { reasons[Self.key(row: row, quantity: $0)] = nil }
        revision += 1
    }

    private static func key(row: Int, quantity: Quantity) -> Int {
        row * Quantity.allCases.count + Int(quantity.rawValue)
    }
}
