import Registers

/// The residency registers of one CPU's core and package, in ticks of the time-stamp counter.
struct ResidencyCounters {
    private struct Counter {
        let register: RegisterAddress
        let state: CoreIdleState?
        /// Which package state, where `state` is nil.
        let isPackageC6: Bool
        var counts = WholeCounts()
    }

    private let registers: RegisterMemory
    private var counters: [Counter]

    init(registers: RegisterMemory, profile: HardwareProfile) {
        self.registers = registers
        counters = profile.coreResidencies.map { Counter(register: $0.register, state: $0.state, isPackageC6: false) }
        if profile.residencyRegisters.contains(.packageC6Residency) {
            counters.append(Counter(register: .packageC2Residency, state: nil, isPackageC6: false))
            counters.append(Counter(register: .packageC6Residency, state: nil, isPackageC6: true))
        }
    }

    /// Lets the core and the package spend `ticks` as their shares say.
    mutating func step(ticks: UInt64, core: CoreShares, socket: SocketActivity) {
        for index in counters.indices {
            let share =
                switch counters[index].state {
                case .c1: core.c1
                case .c3: core.c3
                case .c6: core.c6
                case .c7: core.c7
                case nil: counters[index].isPackageC6 ? socket.packageC6Share : socket.packageC2Share
                }
            registers[counters[index].register] &+= counters[index].counts.take(share * Double(ticks))
        }
    }
}

/// Shares of time that a physical core spends in each idle state: those of its CPUs, where they differ the shallower,
/// since a core is only as deep as the least deep of its CPUs.
struct CoreShares: Hashable {
    let c1, c3, c6, c7: Double

    /// Of the core that runs `cpus`; their busy times overlap as far as they can. A core without CPUs is in C6.
    init(_ cpus: some Sequence<CPUActivity>) {
        var (least3, least6, least7, busiest) = (1.0, 1.0, 1.0, -1.0)
        for cpu in cpus {
            least3 = min(least3, cpu.c3Share)
            least6 = min(least6, cpu.c6Share)
            least7 = min(least7, cpu.c7Share)
            busiest = max(busiest, cpu.utilisation + cpu.stolenShare)
        }
        let isEmpty = busiest < 0
        c3 = isEmpty ? 0 : least3
        c6 = isEmpty ? 1 : least6
        c7 = isEmpty ? 0 : least7
        c1 = isEmpty ? 0 : max(0, 1 - busiest - least3 - least6 - least7)
    }
}
