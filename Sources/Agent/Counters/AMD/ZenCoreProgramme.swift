import Registers

/// The counters of an AMD core: all programmable, and from Zen 4 on behind one register that enables them.
struct ZenCoreProgramme: CoreProgramme {
    /// The events: event i on counter i.
    let events: [ZenCoreEvent]
    /// How many counters the CPU has; those behind the events are looked at, not used.
    let counterCount: Int
    /// Whether one register enables all counters, on top of each one's own bit.
    let hasGlobalControl: Bool

    /// What `generation` can count, as far as `counterCount` counters go.
    init(generation: ProcessorGeneration?, counterCount: Int, hasGlobalControl: Bool) {
        var wanted: [ZenCoreEvent] = [.instructions, .cycles]
        if generation?.hasZenReferenceCycles == true { wanted.append(.referenceCycles) }
        if generation?.hasZenMemoryFills == true { wanted.append(.memoryFills) }
        events = Array(wanted.prefix(max(0, counterCount)))
        self.counterCount = counterCount
        self.hasGlobalControl = hasGlobalControl
    }

    var programme: CounterProgramme {
        CounterProgramme(
            settings: events.enumerated().map { index, event in
                ControlSetting(
                    .zenEventSelect(index), value: event.encoding, gateBits: hasGlobalControl ? 1 << UInt64(index) : 0)
            },
            gate: hasGlobalControl ? .zenGlobalControl : nil,
            overflowClear: hasGlobalControl ? .zenGlobalStatusClear : nil)
    }

    var counters: [CoreCounter] {
        events.enumerated().compactMap { index, event in
            Self.quantity(of: event).map { quantity in
                CoreCounter(
                    quantity: quantity, register: .zenCounter(index),
                    kind: CounterKind(width: .bits48, detail: event.description))
            }
        }
    }

    private static func quantity(of event: ZenCoreEvent) -> Quantity? {
        switch event {
        case .instructions: .instructions
        case .cycles: .cycles
        case .referenceCycles: .referenceCycles
        case .memoryFills: .memoryFills
        default: nil
        }
    }

    /// A counter that is switched on is somebody's. One that is switched off is nobody's, whatever it was told to count:
    /// the kernel leaves the selectors of closed perf events as they were, but for that bit.
    func occupant(of registers: any RegisterFile) throws(RegisterError) -> String? {
        if try programme.isHeld(by: registers) { return nil }
        for index in 0..<counterCount {
            let select = try registers.read(.zenEventSelect(index))
            guard select & ZenCoreEvent.enable != 0 else { continue }
            let found = "PERF_CTL\(index) holds 0x\(String(select, radix: 16))"
            return select & ZenCoreEvent.interrupt == 0
                ? found : "\(found), which interrupts (the NMI watchdog does that, kernel.nmi_watchdog=0 ends it)"
        }
        return nil
    }

    var witnesses: [RegisterAddress] {
        (hasGlobalControl ? [.zenGlobalControl] : [])
            + (0..<counterCount).flatMap { [.zenEventSelect($0), .zenCounter($0)] }
    }
}
