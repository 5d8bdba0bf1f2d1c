import Registers

/// Intel's architectural performance monitoring: three fixed counters and some programmable ones.
struct IntelCoreProgramme: CoreProgramme {
    /// The events of the programmable counters: event i on counter i.
    let plan: EventPlan
    /// How many programmable counters the CPU has; those behind the plan's are looked at, not used.
    let counterCount: Int
    let width: CounterWidth

    init(plan: EventPlan, counterCount: Int, width: CounterWidth = .bits48) {
        self.plan = plan
        self.counterCount = counterCount
        self.width = width
    }

    var programme: CounterProgramme {
        let fixed = ControlSetting(
            .fixedCounterControl, mask: CounterControl.fixedMask, value: CounterControl.fixedUserAndKernel,
            gateBits: CounterControl.globalEnable(programmable: 0))
        let events = plan.events.enumerated().map { index, event in
            ControlSetting(.eventSelect(index), value: event.encoding, gateBits: 1 << UInt64(index))
        }
        return CounterProgramme(
            settings: [fixed] + events, gate: .globalControl, overflowClear: .globalOverflowControl)
    }

    var counters: [CoreCounter] {
        let kind = CounterKind(width: width)
        let fixed: [(Quantity, Int)] = [(.instructions, 0), (.cycles, 1), (.referenceCycles, 2)]
        return fixed.map { CoreCounter(quantity: $0, register: .fixedCounter($1), kind: kind) }
            + plan.events.enumerated().compactMap { index, event in
                EventPlan.quantity(of: event).map { quantity in
                    CoreCounter(
                        quantity: quantity, register: .programmableCounter(index),
                        kind: CounterKind(width: width, detail: event.description))
                }
            }
    }

    /// PCM's test: a selector with an event or an interrupt, or a fixed counter with an interrupt; a disabled cycles
    /// event (3C/00) is what the NMI watchdog leaves behind and does not count.
    func occupant(of registers: any RegisterFile) throws(RegisterError) -> String? {
        if try programme.isHeld(by: registers) { return nil }
        for index in 0..<counterCount {
            let select = try registers.read(.eventSelect(index))
            let isWatchdogLeftover = select & 0xFFFF == 0x3C && select & EventSelector.enable == 0
            let isUsed = select & 0xFF != 0 || select & EventSelector.interrupt != 0
            if isUsed, !isWatchdogLeftover { return "PERFEVTSEL\(index) holds 0x\(String(select, radix: 16))" }
        }
        let fixed = try registers.read(.fixedCounterControl)
        if fixed & CounterControl.fixedInterrupts != 0 {
            return
                "a fixed counter interrupts (FIXED_CTR_CTRL holds 0x\(String(fixed, radix: 16)); the NMI watchdog does"
                + " that, kernel.nmi_watchdog=0 ends it)"
        }
        return nil
    }

    var witnesses: [RegisterAddress] {
        [.fixedCounterControl, .globalControl] + (0..<counterCount).flatMap { [.eventSelect($0), .programmableCounter($0)] }
    }
}
