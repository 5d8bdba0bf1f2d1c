import Registers

extension MSRProfile {
    /// The profile of an Intel processor; `generation` is nil for one whose own registers are not known here, which gets
    /// what is architectural. `counters` is how many programmable counters may be used on each CPU, and `registers` those
    /// of any one CPU.
    static func intel(
        _ generation: ProcessorGeneration?, counters: Int, probing registers: (any RegisterFile)?
    ) -> MSRProfile {
        let usable = usableCounters(of: counters, generation, registers)
        let programme = IntelCoreProgramme(
            plan: EventPlan(generation: generation, counters: usable), counterCount: counters)
        return MSRProfile(
            core: { _ in programme },
            ofCPU: [FreeRegister(.timeStamp, .timeStampCounter)],
            ofCore: coreResidencies(of: generation),
            ofPackage: [FreeRegister(.packageC2, .packageC2Residency), FreeRegister(.packageC6, .packageC6Residency)],
            absences: absences(generation, programme),
            timeStampHertz: nominalHertz(registers))
    }

    /// One counter fewer where microcode keeps the fourth for transactional memory: TSX_FORCE_ABORT can be read and its
    /// bit 0 is clear (Skylake to Cooper Lake servers).
    private static func usableCounters(
        of counters: Int, _ generation: ProcessorGeneration?, _ registers: (any RegisterFile)?
    ) -> Int {
        switch generation {
        case .skylakeServer, .cascadeLake, .cooperLake:
            let abort = try? registers?.read(.transactionForceAbort)
            return abort.map { $0 & 1 == 0 } == true ? min(counters, 3) : counters
        default:
            return counters
        }
    }

    /// The nominal clock that PLATFORM_INFO gives, in hertz; nil where it is not readable or 0, as in guests. The unit
    /// is 100 MHz from Sandy Bridge on (SDM volume 4, MSR_PLATFORM_INFO).
    private static func nominalHertz(_ registers: (any RegisterFile)?) -> Double? {
        guard let value = try? registers?.read(.platformInfo) else { return nil }
        let ratio = value >> 8 & 0xFF
        return ratio == 0 ? nil : Double(ratio) * 100e6
    }

    private static func coreResidencies(of generation: ProcessorGeneration?) -> [FreeRegister] {
        var residencies = [FreeRegister(.coreC6, .coreC6Residency)]
        guard let generation else { return residencies }
        if generation.hasCoreC1Residency { residencies.append(FreeRegister(.coreC1, .coreC1Residency)) }
        if generation.hasCoreC3AndC7Residency {
            residencies += [FreeRegister(.coreC3, .coreC3Residency), FreeRegister(.coreC7, .coreC7Residency)]
        }
        return residencies
    }

    private static func absences(
        _ generation: ProcessorGeneration?, _ programme: IntelCoreProgramme
    ) -> [Quantity: String] {
        var absences: [Quantity: String] = [:]
        for quantity: Quantity in [.coreC1, .coreC3, .coreC7] {
            absences[quantity] = "this processor has no such residency register"
        }
        for quantity: Quantity in [.l3Misses, .l3References, .l3LoadMisses, .l3LoadHits] {
            absences[quantity] = "no counter is left for this event on this processor"
        }
        return absences
    }
}
