import Registers

/// One logical CPU: advances its registers as hardware would.
struct VirtualCPU {
    let registers: RegisterMemory
    private let isGuest: Bool
    private let thermalTarget: Int?
    private var clock: CPUClock
    /// The core's counters, of one kind or the other or none.
    private var architectural: ArchitecturalPMU?
    private var zen: ZenPMU?
    private var residencies: ResidencyCounters
    private var energy: EnergyCounters

    init(number: Int, registers: RegisterMemory, profile: HardwareProfile) {
        self.registers = registers
        isGuest = profile.isGuest
        thermalTarget = profile.thermalTarget
        let hardware = profile.hardware
        clock = CPUClock(nominalHertz: hardware.nominalHertz)
        switch profile.shape(ofCPU: number) {
        case .architectural(let shape): architectural = ArchitecturalPMU(registers: registers, shape: shape)
        case .zen(let shape): zen = ZenPMU(registers: registers, shape: shape)
        case .none: break
        }
        residencies = ResidencyCounters(registers: registers, profile: profile)
        energy = EnergyCounters(registers: registers, profile: profile)
        if let target = profile.thermalTarget { registers[.temperatureTarget] = UInt64(target) << 16 }
        show(SocketActivity().celsius)
        guard !profile.isZen else { return }
        // A guest sees only that CPUID can be made to fault (bit 31), no ratio.
        registers[.platformInfo] =
            profile.isGuest ? 1 << 31 : (hardware.nominalHertz / PlatformInfo.busHertz) << 8
        // Bit 0 set: microcode leaves programmable counter 3 alone.
        registers[.transactionForceAbort] = 1
    }

    /// Lets `seconds` pass on a CPU that is online.
    mutating func step(seconds: Double, _ activity: CPUActivity, core: CoreShares, socket: SocketActivity) {
        let step = clock.step(seconds: seconds, activity, localShare: socket.localShare)
        registers[.timeStampCounter] &+= step.ticks
        if !isGuest {
            registers[.maximumPerformanceClock] &+= step.referenceCycles
            registers[.actualPerformanceClock] &+= step.cycles
        }
        architectural?.step(step)
        zen?.step(step)
        stepPackage(ticks: step.ticks, seconds: seconds, core: core, socket: socket)
    }

    /// Lets `seconds` pass on a CPU that is offline, or in a machine that stands still but for its clock: only the
    /// time-stamp counter goes on, and what the whole package shares while `isPackageRunning`.
    mutating func rest(seconds: Double, core: CoreShares, socket: SocketActivity, isPackageRunning: Bool) {
        let step = clock.step(seconds: seconds, CPUActivity(), localShare: 1)
        registers[.timeStampCounter] &+= step.ticks
        if isPackageRunning { stepPackage(ticks: step.ticks, seconds: seconds, core: core, socket: socket) }
    }

    private mutating func stepPackage(ticks: UInt64, seconds: Double, core: CoreShares, socket: SocketActivity) {
        residencies.step(ticks: ticks, core: core, socket: socket)
        energy.step(seconds: seconds, socket)
        show(socket.celsius)
    }

    private func show(_ celsius: Int) {
        guard let target = thermalTarget else { return }
        let status = ThermalReading.status(headroom: target - celsius)
        registers[.thermalStatus] = status
        registers[.packageThermalStatus] = status
    }

    /// Forgets all programming and counts of the core's counters, as a CPU that goes offline or sleeps does.
    mutating func loseProgramming() {
        architectural?.reset()
        zen?.reset()
    }

    /// The registers that decide what the core's counters count.
    var controls: [RegisterAddress] { architectural?.controls ?? zen?.controls ?? [] }

    /// The counters of the core, 48 bits wide.
    var counters: [RegisterAddress] { architectural?.counters ?? zen?.counters ?? [] }

    /// The energy counters, 32 bits wide.
    var energyCounters: [RegisterAddress] { energy.addresses }
}
