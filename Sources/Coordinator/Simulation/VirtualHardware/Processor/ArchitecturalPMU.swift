import Registers

/// The counters of an Intel core: advance as far as their control registers allow (Software Developer's Manual volume
/// 3, chapter 20, architectural performance monitoring).
struct ArchitecturalPMU {
    private static let width = CounterWidth.bits48
    /// Bits that make a selector count something else than its event: edge, pin control, any thread, invert, threshold.
    private static let modifiers: UInt64 = 1 << 18 | 1 << 19 | 1 << 21 | 1 << 23 | 0xFF << 24

    private let registers: RegisterMemory
    private let shape: ArchitecturalShape
    private var events: [WholeCounts]
    /// What each programmable counter showed last through its second register.
    private var shown: [UInt64]

    init(registers: RegisterMemory, shape: ArchitecturalShape) {
        self.registers = registers
        self.shape = shape
        events = Array(repeating: WholeCounts(), count: shape.programmable)
        shown = Array(repeating: 0, count: shape.programmable)
        if shape.hasFullWidthWrites {
            registers[.performanceCapabilities] = PerformanceCapabilities.fullWidthWrites
        }
    }

    /// The registers that decide what is counted.
    var controls: [RegisterAddress] {
        [.fixedCounterControl, .globalControl] + (0..<shape.programmable).map { .eventSelect($0) }
    }

    /// The counters themselves.
    var counters: [RegisterAddress] {
        (0..<shape.fixed).map { .fixedCounter($0) } + (0..<shape.programmable).map { .programmableCounter($0) }
    }

    /// Lets the counters count what the CPU did.
    mutating func step(_ step: CPUStep) {
        applyOverflowClear()
        countFixed(0, step.instructions)
        countFixed(1, step.cycles)
        countFixed(2, step.referenceCycles)
        if shape.fixed > 3 { countFixed(3, step.cycles * shape.slotsPerCycle) }
        for index in 0..<shape.programmable { countEvent(index, step) }
        if shape.version >= 4 { registers[.globalInUse] = inUse }
    }

    private func countFixed(_ index: Int, _ amount: UInt64) {
        let nibble = registers[.fixedCounterControl] >> UInt64(4 * index) & 0b11
        let enabled = registers[.globalControl] >> UInt64(32 + index) & 1 == 1
        guard nibble != 0, enabled else { return }
        registers[.fixedCounter(index)] = advanced(registers[.fixedCounter(index)], amount, overflowBit: 32 + index)
    }

    private mutating func countEvent(_ index: Int, _ step: CPUStep) {
        let alias = RegisterAddress.fullWidthCounter(index)
        var value = registers[.programmableCounter(index)]
        if shape.hasFullWidthWrites, registers[alias] != shown[index] { value = registers[alias] }
        let select = registers[.eventSelect(index)]
        if select & EventSelector.enable != 0, select & (EventSelector.userMode | EventSelector.kernelMode) != 0,
            select & Self.modifiers == 0, registers[.globalControl] >> UInt64(index) & 1 == 1
        {
            value = advanced(value, amount(of: select & 0xFFFF, index, step), overflowBit: index)
        }
        registers[.programmableCounter(index)] = value
        guard shape.hasFullWidthWrites else { return }
        registers[alias] = value
        shown[index] = value
    }

    /// How often the event with this number and unit mask happened; never for one that is not known.
    private mutating func amount(of event: UInt64, _ index: Int, _ step: CPUStep) -> UInt64 {
        let activity = step.activity
        let hits = max(0, activity.llcReferencesPerSecond - activity.llcMissesPerSecond)
        let rate: Double
        switch event {
        case 0x003C: return step.cycles
        case 0x013C: return step.referenceCycles
        case 0x00C0: return step.instructions
        case 0x412E: rate = activity.llcMissesPerSecond
        case 0x4F2E: rate = activity.llcReferencesPerSecond
        case 0x20D1 where hasLoadEvents: rate = activity.llcMissesPerSecond * activity.demandLoadShare
        case 0x04D1 where hasLoadEvents: rate = hits * activity.demandLoadShare
        default: return 0
        }
        return events[index].take(rate * step.seconds)
    }

    private var hasLoadEvents: Bool { shape.hasLoadEvents && !shape.isFiltered }

    private func advanced(_ value: UInt64, _ amount: UInt64, overflowBit: Int) -> UInt64 {
        let (sum, carried) = (value & Self.width.mask).addingReportingOverflow(amount)
        if carried || sum > Self.width.mask { registers[.globalStatus] |= 1 << UInt64(overflowBit) }
        return sum & Self.width.mask
    }

    private func applyOverflowClear() {
        let clear = registers[.globalOverflowControl]
        guard clear != 0 else { return }
        registers[.globalStatus] &= ~clear
        registers[.globalOverflowControl] = 0
    }

    private var inUse: UInt64 {
        var flags: UInt64 = 0
        for index in 0..<shape.programmable where registers[.eventSelect(index)] & 0xFF != 0 {
            flags |= 1 << UInt64(index)
        }
        for index in 0..<shape.fixed where registers[.fixedCounterControl] >> UInt64(4 * index) & 0b11 != 0 {
            flags |= 1 << UInt64(32 + index)
        }
        return flags
    }

    /// Forgets all programming and counts, as a CPU that goes offline does.
    mutating func reset() {
        for register in controls + counters { registers[register] = 0 }
        registers[.globalStatus] = 0
        registers[.globalOverflowControl] = 0
        guard shape.hasFullWidthWrites else { return }
        for index in 0..<shape.programmable {
            registers[.fullWidthCounter(index)] = 0
            shown[index] = 0
        }
    }
}
