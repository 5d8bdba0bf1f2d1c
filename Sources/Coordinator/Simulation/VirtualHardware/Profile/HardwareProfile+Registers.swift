import Registers

extension HardwareProfile {
    /// The exponent that every virtual energy counter uses unless its domain has one of its own.
    static let energyExponent = 14
    /// Power in eighths of a watt, energy in 2^-14 joules, time in 2^-10 seconds.
    static let energyUnit: UInt64 = 0xA << 16 | UInt64(energyExponent) << 8 | 3

    /// One more than the highest register of the node.
    var registerEnd: RegisterAddress { isZen ? .zenEnd : .end }

    /// Counters of each memory controller (Zen 4 and later).
    static let countersPerController = 4

    /// The registers that CPU `cpu` has; every other fails on a strict device.
    func implementedRegisters(ofCPU cpu: Int) -> [RegisterAddress] {
        [.timeStampCounter] + clockRegisters + counterRegisters(ofCPU: cpu) + residencyRegisters + energyRegisters.all
            + thermalRegisters + memoryRegisters
    }

    private var clockRegisters: [RegisterAddress] {
        let own: [RegisterAddress] = isZen ? [] : [.platformInfo, .systemManagementInterrupts]
        return isGuest ? own : own + [.maximumPerformanceClock, .actualPerformanceClock]
    }

    private func counterRegisters(ofCPU cpu: Int) -> [RegisterAddress] {
        switch shape(ofCPU: cpu) {
        case .none:
            // What KVM leaves of the first two counters where it shows none: they read zero and take writes.
            guard isGuest, !isZen else { return [] }
            return (0..<2).flatMap { [.programmableCounter($0), .eventSelect($0)] }
        case .architectural(let shape):
            var registers: [RegisterAddress] = [
                .fixedCounterControl, .globalStatus, .globalControl, .globalOverflowControl, .performanceCapabilities,
            ]
            registers += (0..<shape.fixed).map { .fixedCounter($0) }
            registers += (0..<shape.programmable).flatMap { [.programmableCounter($0), .eventSelect($0)] }
            if shape.hasFullWidthWrites { registers += (0..<shape.programmable).map { .fullWidthCounter($0) } }
            if shape.version >= 4 { registers.append(.globalInUse) }
            if generation == .skylakeServer || generation == .cascadeLake { registers.append(.transactionForceAbort) }
            return registers
        case .zen(let shape):
            var registers: [RegisterAddress] = (0..<ZenCoreEvent.counters).flatMap {
                [.zenEventSelect($0), .zenCounter($0)]
            }
            if shape.hasGlobalControl { registers += [.zenGlobalStatus, .zenGlobalControl, .zenGlobalStatusClear] }
            if !isGuest { registers += [.hardwareConfiguration, .retiredInstructions] }
            return registers
        }
    }

    /// Residency registers of cores and packages.
    var residencyRegisters: [RegisterAddress] {
        guard !isGuest, !isZen else { return [] }
        return coreResidencies.map(\.register) + [.packageC2Residency, .packageC6Residency]
    }

    /// Residency registers of the cores; those of Xeons for a processor that is not known.
    var coreResidencies: [(state: CoreIdleState, register: RegisterAddress)] {
        guard !isGuest, !isZen else { return [] }
        return generation?.coreResidencies ?? [(.c6, .coreC6Residency), (.c3, .coreC3Residency)]
    }

    /// The energy registers that answer: the unit's and those of the domains.
    var energyRegisters: EnergyRegisters {
        let known: [(domain: EnergyDomain, register: RegisterAddress)] =
            isZen
            ? [(.package, .zenPackageEnergy), (.cores, .zenCoreEnergy)]
            : [
                (.package, .packageEnergy), (.cores, .coresEnergy), (.memory, .memoryEnergy),
                (.platform, .platformEnergy),
            ]
        let unit: RegisterAddress = isZen ? .zenEnergyUnit : .energyUnit
        switch energy {
        case .missing: return EnergyRegisters(unit: nil, counters: [], all: [])
        case .zero:
            let extra: [RegisterAddress] = isZen ? [] : [.graphicsEnergy, .packagePowerInfo]
            return EnergyRegisters(unit: nil, counters: [], all: [unit] + known.map(\.register) + extra)
        case .counting(let domains):
            let counters = known.filter { domains.contains($0.domain) }
            return EnergyRegisters(unit: unit, counters: counters, all: [unit] + counters.map(\.register))
        }
    }

    /// Joules of one count of `domain` are 2 to the minus this.
    func energyExponent(of domain: EnergyDomain) -> Int {
        switch domain {
        case .package, .cores: Self.energyExponent
        case .memory: generation?.memoryEnergyExponent(unit: Self.energyExponent) ?? Self.energyExponent
        case .platform: generation?.platformEnergyExponent(unit: Self.energyExponent) ?? Self.energyExponent
        }
    }

    private var thermalRegisters: [RegisterAddress] {
        thermalTarget == nil ? [] : [.thermalStatus, .packageThermalStatus, .temperatureTarget]
    }

    private var memoryRegisters: [RegisterAddress] { sharedRegisters.flatMap { [$0.control, $0.counter] } }

    /// Counters of caches, fabric and memory controllers, which every CPU of their domain can reach.
    private var sharedRegisters: [(control: RegisterAddress, counter: RegisterAddress)] {
        cacheCounters + fabricCounters + (0..<populatedControllers).flatMap { controllerCounters($0) }
    }

    /// Counters of a last-level cache.
    var cacheCounters: [(control: RegisterAddress, counter: RegisterAddress)] {
        guard isZen, !isGuest else { return [] }
        return (0..<ZenCacheEvent.counters).map { (.zenCacheControl($0), .zenCacheCounter($0)) }
    }

    /// Counters of a package's data fabric.
    var fabricCounters: [(control: RegisterAddress, counter: RegisterAddress)] {
        guard memory == .fabric else { return [] }
        return (0..<ZenFabricEvent.counters).map { (.zenFabricControl($0), .zenFabricCounter($0)) }
    }

    /// Counters of a package's active memory controller `channel`.
    func controllerCounters(_ channel: Int) -> [(control: RegisterAddress, counter: RegisterAddress)] {
        let count = Self.countersPerController
        return (0..<count).map {
            (
                .zenMemoryControl(channel: channel, index: $0, perChannel: count),
                .zenMemoryCounter(channel: channel, index: $0, perChannel: count)
            )
        }
    }

    /// Active memory controllers of a package; every package of a profile has as many.
    var populatedControllers: Int {
        memory == .controllers ? hardware.populatedChannels(ofSocket: 0).count : 0
    }
}

/// The energy registers of a profile.
struct EnergyRegisters {
    /// The register that holds the unit; nil where nothing counts.
    let unit: RegisterAddress?
    /// The counters that count.
    let counters: [(domain: EnergyDomain, register: RegisterAddress)]
    /// Everything that answers.
    let all: [RegisterAddress]
}
