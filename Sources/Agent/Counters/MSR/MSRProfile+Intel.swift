import Registers

extension MSRProfile {
    /// The profile of an Intel processor; one whose own registers are not known here gets what is architectural.
    /// `isWatched` says that the NMI watchdog keeps a counter, and `registers` are those of any one CPU.
    static func intel(
        _ processor: ProcessorDescription, isWatched: Bool = false, probing registers: (any RegisterFile)?
    ) -> MSRProfile {
        let generation = processor.generation
        let programmes = CoreKind.allCases.map { kind in
            (kind, programme(processor, kind, isWatched: isWatched, registers))
        }
        let byKind = Dictionary(uniqueKeysWithValues: programmes)
        let energies = energies(of: generation, registers)
        let thermometer = thermometer(registers)
        return MSRProfile(
            core: { kind in byKind[kind] ?? nil },
            coreAbsence: "the processor describes no performance counters (CPUID 0AH is 0)"
                + (processor.isGuest ? ": the hypervisor gives this guest none" : ""),
            ofCPU: clocks(processor),
            ofCore: coreResidencies(of: generation),
            ofPackage: [FreeRegister(.packageC2, .packageC2Residency), FreeRegister(.packageC6, .packageC6Residency)]
                + energies.registers + thermometer.registers,
            absences: clockAbsences(processor)
                .merging(coreAbsences(of: programmes.compactMap(\.1))) { first, _ in first }
                .merging(energies.absences) { first, _ in first }
                .merging(thermometer.absences) { first, _ in first },
            timeStampHertz: nominalHertz(processor, registers))
    }

    /// The programme for CPUs of `kind`; nil where they have no counters.
    private static func programme(
        _ processor: ProcessorDescription, _ kind: CoreKind, isWatched: Bool, _ registers: (any RegisterFile)?
    ) -> IntelCoreProgramme? {
        var monitoring = CoreMonitoring()
        if let capabilities = processor.capabilities(of: kind) {
            guard let described = capabilities.architectural else { return nil }
            monitoring = CoreMonitoring(described)
        }
        // The watchdog pins a counter; PCM switches it off, which users object to, so one counter fewer is used.
        let free = monitoring.programmable - (isWatched ? 1 : 0)
        var usable = free
        // PCM: some hypervisors break the fixed cycle counter when more are in use (seen on AWS).
        if processor.isGuest { usable = min(usable, 3) }
        if isFourthCounterTaken(processor.generation, registers) { usable = min(usable, 3) }
        return IntelCoreProgramme(
            plan: EventPlan(generation: processor.generation, counters: usable, monitoring: monitoring),
            counterCount: free, monitoring: monitoring)
    }

    /// Whether microcode keeps the fourth counter for transactional memory: TSX_FORCE_ABORT can be read and its bit 0 is
    /// clear (Skylake to Cooper Lake servers).
    private static func isFourthCounterTaken(
        _ generation: ProcessorGeneration?, _ registers: (any RegisterFile)?
    ) -> Bool {
        switch generation {
        case .skylakeServer, .cascadeLake, .cooperLake:
            let abort = try? registers?.read(.transactionForceAbort)
            return abort.map { $0 & 1 == 0 } ?? false
        default:
            return false
        }
    }

    /// The rate of the time-stamp counter in hertz, as CPUID gives it or else PLATFORM_INFO; nil where neither does, as in
    /// most guests.
    private static func nominalHertz(
        _ processor: ProcessorDescription, _ registers: (any RegisterFile)?
    ) -> Double? {
        if let told = processor.common?.timeStampHertz { return Double(told) }
        return (try? registers?.read(.platformInfo)).flatMap { PlatformInfo.nominalHertz($0) }.map { Double($0) }
    }

    private static func coreResidencies(of generation: ProcessorGeneration?) -> [FreeRegister] {
        guard let generation else { return [FreeRegister(.coreC6, .coreC6Residency)] }
        return generation.coreResidencies.map { state, register in
            let quantity: Quantity =
                switch state {
                case .c1: .coreC1
                case .c3: .coreC3
                case .c6: .coreC6
                case .c7: .coreC7
                }
            return FreeRegister(quantity, register)
        }
    }

    private static func coreAbsences(of programmes: [IntelCoreProgramme]) -> [Quantity: String] {
        var absences: [Quantity: String] = [:]
        for quantity: Quantity in [.coreC1, .coreC3, .coreC6, .coreC7] {
            absences[quantity] = "this processor has no such residency register"
        }
        absences[.instructions] = "no counter is left for instructions on this processor"
        absences[.cycles] = "no counter is left for cycles on this processor"
        absences[.referenceCycles] = "this processor has no fixed counter for reference cycles (CPUID 0AH)"
        for quantity: Quantity in [.l3Misses, .l3References, .l3LoadMisses, .l3LoadHits] {
            absences[quantity] = "no counter is left for this event on this processor"
        }
        for event in programmes.flatMap(\.plan.missing) {
            guard let quantity = EventPlan.quantity(of: event) else { continue }
            absences[quantity] = "the processor does not count \(event.description) (CPUID 0AH)"
        }
        return absences
    }
}
