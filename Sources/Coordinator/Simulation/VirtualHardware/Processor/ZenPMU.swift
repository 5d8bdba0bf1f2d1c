import Registers

/// The counters of an AMD core: advance as far as their control registers allow (AMD Processor Programming References,
/// "Core Performance Monitor Counters"; performance monitoring version 2: AMD Architecture Programmer's Manual volume
/// 2, section 13.2.3).
struct ZenPMU {
    private static let width = CounterWidth.bits48
    /// Bits that make a control count something else than its event: edge, invert, threshold.
    private static let modifiers: UInt64 = 1 << 18 | 1 << 23 | 0xFF << 24

    private let registers: RegisterMemory
    private let shape: ZenShape
    private var events = [WholeCounts](repeating: WholeCounts(), count: ZenCoreEvent.counters)

    init(registers: RegisterMemory, shape: ZenShape) {
        self.registers = registers
        self.shape = shape
        // Linux lets the free-running counter of instructions count from the start.
        registers[.hardwareConfiguration] = RegisterAddress.retiredInstructionsEnable
    }

    /// The registers that decide what is counted.
    var controls: [RegisterAddress] {
        (0..<ZenCoreEvent.counters).map { .zenEventSelect($0) } + (shape.hasGlobalControl ? [.zenGlobalControl] : [])
    }

    /// The counters themselves.
    var counters: [RegisterAddress] { (0..<ZenCoreEvent.counters).map { .zenCounter($0) } }

    /// Lets the counters count what the CPU did.
    mutating func step(_ step: CPUStep) {
        if shape.hasGlobalControl { applyStatusClear() }
        if registers[.hardwareConfiguration] & RegisterAddress.retiredInstructionsEnable != 0 {
            registers[.retiredInstructions] &+= step.instructions
        }
        for index in 0..<ZenCoreEvent.counters where isCounting(index) {
            let amount = amount(of: registers[.zenEventSelect(index)], index, step)
            let (sum, carried) = (registers[.zenCounter(index)] & Self.width.mask).addingReportingOverflow(amount)
            registers[.zenCounter(index)] = sum & Self.width.mask
            if shape.hasGlobalControl, carried || sum > Self.width.mask {
                registers[.zenGlobalStatus] |= 1 << UInt64(index)
            }
        }
    }

    private func isCounting(_ index: Int) -> Bool {
        let control = registers[.zenEventSelect(index)]
        let isGuestOnly = control & ZenCoreEvent.guestOnly != 0 && control & ZenCoreEvent.hostOnly == 0
        return control & ZenCoreEvent.enable != 0 && control & (ZenCoreEvent.userMode | ZenCoreEvent.kernelMode) != 0
            && control & Self.modifiers == 0 && !isGuestOnly
            && (!shape.hasGlobalControl || registers[.zenGlobalControl] >> UInt64(index) & 1 == 1)
    }

    private mutating func amount(of control: UInt64, _ index: Int, _ step: CPUStep) -> UInt64 {
        let number = control & 0xFF | (control >> 32 & 0xF) << 8
        switch (number, control >> 8 & 0xFF) {
        case (0xC0, 0): return step.instructions
        case (0x76, 0): return step.cycles
        case (0x120, 0x01) where shape.hasGlobalControl: return step.referenceCycles
        case (0x44, let sources) where shape.generation.hasZenMemoryFills:
            // Every miss is filled from memory, as near as the CPU's other traffic.
            let near = sources & 0x08 != 0 ? 1.0 : 0
            let far = sources & 0x40 != 0 ? 1.0 : 0
            let share = near * step.localShare + far * (1 - step.localShare)
            return events[index].take(step.activity.llcMissesPerSecond * share * step.seconds)
        default: return 0
        }
    }

    private func applyStatusClear() {
        let clear = registers[.zenGlobalStatusClear]
        guard clear != 0 else { return }
        registers[.zenGlobalStatus] &= ~clear
        registers[.zenGlobalStatusClear] = 0
    }

    /// Forgets all programming and counts, as a CPU that goes offline does.
    func reset() {
        for register in controls + counters { registers[register] = 0 }
        if shape.hasGlobalControl { registers[.zenGlobalStatus] = 0 }
    }
}
