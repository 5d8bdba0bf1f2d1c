import Registers

/// Intel's architectural performance monitoring: some fixed counters and some programmable ones.
struct IntelCoreProgramme: CoreProgramme {
    /// The events of the programmable counters: event i on counter i.
    let plan: EventPlan
    /// How many programmable counters are looked at before they are claimed; those behind the plan's are not used.
    let counterCount: Int
    let monitoring: CoreMonitoring

    init(plan: EventPlan, counterCount: Int, monitoring: CoreMonitoring = CoreMonitoring()) {
        self.plan = plan
        self.counterCount = counterCount
        self.monitoring = monitoring
    }

    private static let fixedQuantities: [Quantity] = [.instructions, .cycles, .referenceCycles]

    private var hasGlobalControl: Bool { monitoring.version >= 2 }

    var programme: CounterProgramme {
        let mask = CounterControl.fixedMask(monitoring.fixed)
        let fixed = ControlSetting(
            .fixedCounterControl, mask: mask, value: CounterControl.fixedUserAndKernel & mask,
            gateBits: CounterControl.globalEnable(fixed: monitoring.fixed, programmable: 0))
        let events = plan.events.enumerated().map { index, event in
            ControlSetting(
                .eventSelect(index), value: event.encoding, gateBits: hasGlobalControl ? 1 << UInt64(index) : 0)
        }
        return CounterProgramme(
            settings: (monitoring.fixed > 0 ? [fixed] : []) + events, gate: hasGlobalControl ? .globalControl : nil,
            overflowClear: hasGlobalControl ? .globalOverflowControl : nil)
    }

    var counters: [CoreCounter] {
        let fixed = Self.fixedQuantities.prefix(monitoring.fixed).enumerated().map { index, quantity in
            CoreCounter(
                quantity: quantity, register: .fixedCounter(index), kind: CounterKind(width: monitoring.fixedWidth))
        }
        return fixed
            + plan.events.enumerated().compactMap { index, event in
                EventPlan.quantity(of: event).map { quantity in
                    CoreCounter(
                        quantity: quantity, register: .programmableCounter(index),
                        kind: CounterKind(width: monitoring.programmableWidth, detail: event.description))
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
        guard monitoring.fixed > 0 else { return nil }
        let fixed = try registers.read(.fixedCounterControl)
        if fixed & CounterControl.fixedInterrupts != 0 {
            return
                "a fixed counter interrupts (FIXED_CTR_CTRL holds 0x\(String(fixed, radix: 16)); the NMI watchdog does"
                + " that, kernel.nmi_watchdog=0 ends it)"
        }
        return nil
    }

    var witnesses: [RegisterAddress] {
        (monitoring.fixed > 0 ? [.fixedCounterControl] : []) + (hasGlobalControl ? [.globalControl] : [])
            + (0..<counterCount).flatMap { [.eventSelect($0), .programmableCounter($0)] }
    }
}
