import Registers

/// The control registers of one CPU's counters as they were before they were claimed.
struct SavedControl: Hashable, Sendable {
    var fixedControl, globalControl: UInt64
    var eventSelects: [UInt64]
}

/// The programming of one logical CPU's counters: found, claimed, verified, put back.
///
/// The sequence follows Intel PCM, with a stricter etiquette: everything written is saved first, enable bits of other
/// counters are kept, nothing is frozen or zeroed, and neither interrupts nor any-thread counting are ever switched on.
struct CorePMU {
    /// Selector registers that every targeted core has: four per thread, whether or not the core runs two threads.
    static let counters = 4

    let registers: any RegisterFile
    let plan: EventPlan
    let saved: SavedControl

    /// What shows that somebody else uses the counters, nil when they are free. Throws when they cannot be read. The
    /// test is PCM's: a selector with an event or an interrupt, or a fixed counter with an interrupt; a disabled cycles
    /// event (3C/00) is what the NMI watchdog leaves behind and does not count.
    static func occupant(of registers: any RegisterFile, plan: EventPlan) throws(RegisterError) -> String? {
        if try holdsPlan(registers, plan) { return nil }
        for index in 0..<counters {
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

    /// Reads what the control registers hold, so that it can be put back. Where the counters already run this very
    /// plan, an agent that was killed left them so: `recorded` is what it had saved, and without it they count as
    /// having been off.
    init(
        surveying registers: any RegisterFile, plan: EventPlan, recorded: SavedControl?
    ) throws(RegisterError) {
        self.registers = registers
        self.plan = plan
        var found = SavedControl(
            fixedControl: try registers.read(.fixedCounterControl),
            globalControl: try registers.read(.globalControl), eventSelects: [])
        for index in plan.events.indices { found.eventSelects.append(try registers.read(.eventSelect(index))) }
        if try Self.holdsPlan(registers, plan) {
            if let recorded, recorded.eventSelects.count == plan.events.count {
                found = recorded
            } else {
                found.fixedControl &= ~CounterControl.fixedMask
                found.globalControl &= ~plan.globalEnable
                found.eventSelects = plan.events.map { _ in 0 }
            }
        }
        saved = found
    }

    /// Starts the plan's events and the three fixed counters. When a write fails, what was written is put back before
    /// the error is thrown.
    func start() throws(RegisterError) {
        do {
            try program()
        } catch {
            release()
            throw error
        }
    }

    private func program() throws(RegisterError) {
        let global = try registers.read(.globalControl)
        try registers.write(global & ~plan.globalEnable, to: .globalControl)
        let fixed = try registers.read(.fixedCounterControl)
        try registers.write(
            fixed & ~CounterControl.fixedMask | CounterControl.fixedUserAndKernel, to: .fixedCounterControl)
        for (index, event) in plan.events.enumerated() { try registers.write(event.encoding, to: .eventSelect(index)) }
        try registers.write(plan.globalEnable, to: .globalOverflowControl)
        try registers.write(global | plan.globalEnable, to: .globalControl)
    }

    /// Whether the counters still run as programmed: somebody else who uses them writes other values.
    func isIntact() -> Bool {
        guard (try? Self.holdsPlan(registers, plan)) == true, let global = try? registers.read(.globalControl) else {
            return false
        }
        return global & plan.globalEnable == plan.globalEnable
    }

    /// Puts back what was saved, counter by counter, leaving alone those whose controls no longer hold what `start`
    /// wrote, their enable bits too: they are another owner's by now.
    func release() {
        let ownEvents = plan.events.indices.filter {
            (try? registers.read(.eventSelect($0))) == plan.events[$0].encoding
        }
        let fixed = (try? registers.read(.fixedCounterControl)) ?? 0
        let ownsFixed = fixed & CounterControl.fixedMask == CounterControl.fixedUserAndKernel
        let fixedEnable = CounterControl.globalEnable(programmable: 0)
        let own = ownEvents.reduce(ownsFixed ? fixedEnable : 0) { $0 | 1 << UInt64($1) }
        if let global = try? registers.read(.globalControl) {
            try? registers.write(global & ~own | saved.globalControl & own, to: .globalControl)
        }
        for index in ownEvents { try? registers.write(saved.eventSelects[index], to: .eventSelect(index)) }
        if ownsFixed {
            let kept = fixed & ~CounterControl.fixedMask
            try? registers.write(kept | saved.fixedControl & CounterControl.fixedMask, to: .fixedCounterControl)
        }
    }

    private static func holdsPlan(_ registers: any RegisterFile, _ plan: EventPlan) throws(RegisterError) -> Bool {
        for (index, event) in plan.events.enumerated()
        where try registers.read(.eventSelect(index)) != event.encoding { return false }
        let fixed = try registers.read(.fixedCounterControl)
        return fixed & CounterControl.fixedMask == CounterControl.fixedUserAndKernel
    }
}
