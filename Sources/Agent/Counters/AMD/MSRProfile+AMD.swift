import Registers

extension MSRProfile {
    /// The profile of an AMD processor. One whose generation is not known here gets its clocks and energy, and of its core
    /// counters those events that all generations since Zen share. `registers` are those of any one CPU.
    static func amd(_ processor: ProcessorDescription, probing registers: (any RegisterFile)?) -> MSRProfile {
        let programme = programme(processor)
        let energies = energies([.packageEnergy], unit: .zenEnergyUnit, registers) { exponent in
            Probed(registers: [
                FreeRegister(
                    .packageEnergy, .zenPackageEnergy, kind: energyKind(exponent: exponent, detail: "PKG_ENERGY_STAT"))
            ])
        }
        return MSRProfile(
            core: { _ in programme },
            coreAbsence: processor.isGuest
                ? "the hypervisor gives this guest no core counters (CPUID 80000001H:ECX bit 23 is 0)"
                : "the processor describes no core counters (CPUID 80000001H:ECX bit 23 is 0)",
            ofCPU: clocks(processor),
            ofCore: [],
            ofPackage: energies.registers,
            absences: clockAbsences(processor)
                .merging(zenAbsences(of: processor.generation)) { first, _ in first }
                .merging(energies.absences) { first, _ in first },
            timeStampHertz: (processor.common?.timeStampHertz).map { Double($0) })
    }

    /// Nil where the cores have no counters of the kind that Zen has. What CPUID does not tell because it cannot be asked
    /// follows from the generation.
    private static func programme(_ processor: ProcessorDescription) -> ZenCoreProgramme? {
        let generation = processor.generation
        if let capabilities = processor.common {
            guard let zen = capabilities.zen else { return nil }
            return ZenCoreProgramme(
                generation: generation, counterCount: zen.coreCounters, hasGlobalControl: zen.hasGlobalControl)
        }
        guard let generation else { return nil }
        return ZenCoreProgramme(
            generation: generation, counterCount: ZenCoreEvent.counters,
            hasGlobalControl: generation.hasZenPerformanceMonitoring2)
    }

    private static func zenAbsences(of generation: ProcessorGeneration?) -> [Quantity: String] {
        var absences: [Quantity: String] = [:]
        for quantity: Quantity in [.coreC1, .coreC3, .coreC6, .coreC7, .packageC2, .packageC6] {
            absences[quantity] = "AMD processors have no residency registers"
        }
        for quantity: Quantity in [.l3Misses, .l3References] {
            absences[quantity] = "AMD's cores do not count this: each last-level cache counts for all of its cores"
        }
        for quantity: Quantity in [.l3LoadMisses, .l3LoadHits] {
            absences[quantity] = "AMD processors have no such event"
        }
        let name = generation?.rawValue ?? "this processor"
        absences[.referenceCycles] = "\(name) has no event for reference cycles"
        absences[.memoryFills] = "\(name) has no event for lines filled from memory"
        absences[.memoryEnergy] = "AMD processors count no energy of memory"
        absences[.temperature] = "AMD's thermometers are not behind the msr device"
        return absences
    }
}
