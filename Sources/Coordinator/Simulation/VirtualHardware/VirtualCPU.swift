import Registers

/// What one CPU does during a step.
struct CPUActivity {
    var utilisation, instructionsPerCycle, clockRatio: Double
    /// Counts per second of each event that the core's programmable counters can see.
    var eventsPerSecond: [EventRate]
    /// Residency shares of the CPU's core and package.
    var c1Share, c3Share, c6Share, packageC2Share, packageC6Share: Double
}

/// How often an event happens.
struct EventRate {
    var selector: EventSelector
    var perSecond: Double
}

/// The counters of one logical CPU: advances its registers as hardware would, as far as its control registers allow
/// (Software Developer's Manual volume 3, chapter 20, architectural performance monitoring version 4).
struct VirtualCPU {
    static let programmableCounters = 4
    private static let width = CounterWidth.bits48

    private let registers: RegisterMemory
    private let nominalHertz: Double
    private let hasCoreC1Residency: Bool
    private var ticks = WholeCounts(), reference = WholeCounts(), cycles = WholeCounts(), instructions = WholeCounts()
    private var c1 = WholeCounts(), c3 = WholeCounts(), c6 = WholeCounts(), packageC2 = WholeCounts(),
        packageC6 = WholeCounts()
    private var events = [WholeCounts](repeating: WholeCounts(), count: programmableCounters)

    init(registers: RegisterMemory, hardware: NodeHardware) {
        self.registers = registers
        nominalHertz = Double(hardware.nominalHertz)
        hasCoreC1Residency = hardware.signature.generation?.hasCoreC1Residency ?? false
        registers[.platformInfo] = (hardware.nominalHertz / 100_000_000) << 8
        // Bit 0 set: microcode leaves programmable counter 3 alone.
        registers[.transactionForceAbort] = 1
    }

    /// Lets `seconds` pass.
    mutating func step(seconds: Double, _ activity: CPUActivity) {
        applyOverflowClear()
        let elapsed = ticks.take(nominalHertz * seconds)
        let referenceCycles = reference.take(min(1, activity.utilisation) * Double(elapsed))
        let coreCycles = cycles.take(Double(referenceCycles) * activity.clockRatio)
        let retired = instructions.take(Double(coreCycles) * activity.instructionsPerCycle)

        registers[.timeStampCounter] &+= elapsed
        countFixed(0, retired)
        countFixed(1, coreCycles)
        countFixed(2, referenceCycles)
        countEvents(seconds: seconds, activity.eventsPerSecond)
        if hasCoreC1Residency { registers[.coreC1Residency] &+= c1.take(activity.c1Share * Double(elapsed)) }
        registers[.coreC3Residency] &+= c3.take(activity.c3Share * Double(elapsed))
        registers[.coreC6Residency] &+= c6.take(activity.c6Share * Double(elapsed))
        registers[.packageC2Residency] &+= packageC2.take(activity.packageC2Share * Double(elapsed))
        registers[.packageC6Residency] &+= packageC6.take(activity.packageC6Share * Double(elapsed))
    }

    private func countFixed(_ index: Int, _ amount: UInt64) {
        let nibble = registers[.fixedCounterControl] >> UInt64(4 * index) & 0b11
        let enabled = registers[.globalControl] >> UInt64(32 + index) & 1 == 1
        guard nibble != 0, enabled else { return }
        advance(.fixedCounter(index), by: amount, overflowBit: 32 + index)
    }

    private mutating func countEvents(seconds: Double, _ rates: [EventRate]) {
        for index in 0..<Self.programmableCounters {
            let select = registers[.eventSelect(index)]
            let modes = EventSelector.userMode | EventSelector.kernelMode
            guard select & EventSelector.enable != 0, select & modes != 0,
                registers[.globalControl] >> UInt64(index) & 1 == 1,
                let rate = rates.first(where: {
                    UInt64($0.selector.event) == select & 0xFF && UInt64($0.selector.unitMask) == select >> 8 & 0xFF
                })
            else { continue }
            let amount = events[index].take(rate.perSecond * seconds)
            advance(.programmableCounter(index), by: amount, overflowBit: index)
        }
    }

    private func advance(_ counter: RegisterAddress, by amount: UInt64, overflowBit: Int) {
        let (sum, carried) = (registers[counter] & Self.width.mask).addingReportingOverflow(amount)
        registers[counter] = sum & Self.width.mask
        if carried || sum > Self.width.mask { registers[.globalStatus] |= 1 << UInt64(overflowBit) }
    }

    private func applyOverflowClear() {
        let clear = registers[.globalOverflowControl]
        guard clear != 0 else { return }
        registers[.globalStatus] &= ~clear
        registers[.globalOverflowControl] = 0
    }
}
