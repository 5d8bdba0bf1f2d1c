import Registers

/// Why perf events do not have what they have on other machines.
struct PerfAbsences: Sendable {
    /// What a group of a CPU's events can count.
    static let ofCPU = QuantitySet.coreCounters.union(QuantitySet([.timeStamp, .maximumClock, .actualClock]))

    private let units: [PerfPMU]
    private let processor: ProcessorDescription
    private let folder: String

    /// For a machine with these units, listed in `folder`.
    init(units: [PerfPMU], processor: ProcessorDescription, folder: String) {
        self.units = units
        self.processor = processor
        self.folder = folder
    }

    /// Why `quantity` is not counted for a CPU or for a package, nil when perf events never have it there.
    /// `hasCoreUnit` tells whether the kernel has a unit for the CPU's core.
    func reason(_ quantity: Quantity, isOfCPU: Bool, hasCoreUnit: Bool) -> String? {
        if quantity == .timeStamp { return processor.timeStampFlaw ?? missing("msr", "tsc") }
        guard isOfCPU != quantity.isOfSocket else { return nil }
        switch quantity {
        case _ where QuantitySet.coreCounters.contains(quantity):
            return hasCoreUnit
                ? "no event of this processor's cores counts it"
                : "\(folder) has no unit for the CPU's core (guests without a vPMU have none)"
        case .coreC1: return missing("cstate_core", "c1-residency")
        case .coreC3: return missing("cstate_core", "c3-residency")
        case .coreC6: return missing("cstate_core", "c6-residency")
        case .coreC7: return missing("cstate_core", "c7-residency")
        case .packageC2: return missing("cstate_pkg", "c2-residency")
        case .packageC6: return missing("cstate_pkg", "c6-residency")
        case .packageEnergy: return missing("power", "energy-pkg")
        case .memoryEnergy: return missing("power", "energy-ram")
        case .domainL3Misses, .domainL3References:
            return processor.signature?.vendor == .amd ? missing("amd_l3", nil) : nil
        default: return nil
        }
    }

    private func missing(_ name: String, _ event: String?) -> String {
        guard let unit = units.first(where: { $0.name == name }) else {
            // Time stamps are shown to guests too, on the architecture that has them.
            return "\(folder) has no unit \(name)" + (name == "msr" ? "" : " (guests have none)")
        }
        guard let event, unit.events[event] == nil else {
            return "the unit \(name) cannot be used as the kernel describes it below \(folder)"
        }
        return "the unit \(name) has no event \(event) on this machine"
    }
}
