import Registers

/// The energy counters that one CPU shows: those of its package, and on AMD that of its core. They wrap at 32 bits.
struct EnergyCounters {
    private struct Counter {
        let domain: EnergyDomain
        let register: RegisterAddress
        let countsPerJoule: Double
        var counts = WholeCounts()
    }

    private let registers: RegisterMemory
    private var counters: [Counter]
    /// What part of the cores' energy the counter of `cores` shows.
    private let coresShare: Double

    init(registers: RegisterMemory, profile: HardwareProfile) {
        self.registers = registers
        let energy = profile.energyRegisters
        if let unit = energy.unit { registers[unit] = HardwareProfile.energyUnit }
        counters = energy.counters.map {
            Counter(
                domain: $0.domain, register: $0.register,
                countsPerJoule: Double(UInt64(1) << profile.energyExponent(of: $0.domain)))
        }
        let coresOfSocket = profile.hardware.coreCount / profile.hardware.sockets
        coresShare = profile.isZen ? 1 / Double(coresOfSocket) : 1
    }

    /// The counters' registers.
    var addresses: [RegisterAddress] { counters.map(\.register) }

    /// Lets `seconds` pass at the socket's power.
    mutating func step(seconds: Double, _ socket: SocketActivity) {
        for index in counters.indices {
            let watts =
                switch counters[index].domain {
                case .package: socket.watts
                case .cores: socket.coresWatts * coresShare
                case .memory: socket.memoryWatts
                case .platform: socket.platformWatts
                }
            let counts = counters[index].counts.take(watts * seconds * counters[index].countsPerJoule)
            let sum = registers[counters[index].register] &+ counts
            registers[counters[index].register] = sum & CounterWidth.bits32.mask
        }
    }
}
