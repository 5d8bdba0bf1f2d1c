import Registers

/// Which events of a CPU's core are counted, most wanted first, for one kind of core.
///
/// Time stamp and MPERF belong to the kernel's msr unit, which counts as software: they may join a group of the core's
/// events, always fit, and are read at the same moment.
struct PerfCoreEvents: Hashable, Sendable {
    /// In the order of opening.
    let requests: [PerfRequest]

    /// The events of a core that `core` counts, nil where the kernel has no unit for it; `msr` is the kernel's unit of
    /// that name. Events that a unit cannot encode are left out. Without a `signature`, only what the kernel defines
    /// alike on every processor is counted.
    init(_ signature: ProcessorSignature?, core: PerfPMU?, msr: PerfPMU?) {
        var requests: [PerfRequest] = []
        if let core {
            requests.append(Self.generic(.cycles, .cpuCycles, core))
            requests.append(Self.generic(.instructions, .instructions, core))
            if let reference = Self.referenceCycles(signature, core) { requests.append(reference) }
        }
        if let msr {
            requests += Self.named(.timeStamp, "tsc", msr)
            if !requests.contains(where: { $0.quantity == .referenceCycles }) {
                requests += Self.named(.maximumClock, "mperf", msr)
                requests += Self.named(.actualClock, "aperf", msr)
            }
        }
        if let core { requests += Self.cacheEvents(signature, core) }
        self.requests = requests
    }

    /// The kernel's generic hardware events used here (linux/perf_event.h, enum perf_hw_id).
    private enum Generic: UInt64 {
        case cpuCycles = 0
        case instructions = 1
        case cacheReferences = 2
        case cacheMisses = 3
        case referenceCycles = 9

        /// The kernel's name of the event, as perf(1) spells it.
        var name: String {
            switch self {
            case .cpuCycles: "cycles"
            case .instructions: "instructions"
            case .cacheReferences: "cache-references"
            case .cacheMisses: "cache-misses"
            case .referenceCycles: "ref-cycles"
            }
        }
    }

    /// A generic event; `meaning` tells what it stands for on this processor, where that differs between processors.
    /// Where a processor has several kinds of cores, bits 63...32 say which one is meant (PERF_PMU_TYPE_SHIFT; without
    /// them the kernel takes the performance cores).
    private static func generic(
        _ quantity: Quantity, _ event: Generic, _ core: PerfPMU, meaning: EventSelector? = nil,
        _ necessity: PerfNecessity = .needed
    ) -> PerfRequest {
        let kind = core.name.hasPrefix("cpu_") ? UInt64(core.type) << 32 : 0
        return PerfRequest(
            quantity: quantity, code: PerfEventCode(type: 0, config: event.rawValue | kind), name: event.name,
            detail: meaning?.description, necessity: necessity, takesCounter: true)
    }

    /// An event by its number and unit mask, nil where the unit cannot encode it.
    private static func raw(
        _ quantity: Quantity, _ event: UInt64, _ unitMask: UInt64, _ core: PerfPMU, _ name: String,
        _ necessity: PerfNecessity = .needed
    ) -> PerfRequest? {
        guard let code = try? core.encode([PerfTerm("event", event), PerfTerm("umask", unitMask)]) else { return nil }
        return PerfRequest(
            quantity: quantity, code: code, name: name, detail: name, necessity: necessity, takesCounter: true)
    }

    private static func raw(_ quantity: Quantity, _ event: ZenCoreEvent, _ core: PerfPMU) -> PerfRequest? {
        raw(quantity, UInt64(event.event), UInt64(event.unitMask), core, event.description)
    }

    private static func named(_ quantity: Quantity, _ event: String, _ unit: PerfPMU) -> [PerfRequest] {
        guard let code = unit.encode(event: event) else { return [] }
        return [PerfRequest(quantity: quantity, code: code, name: "\(unit.name)/\(event)/")]
    }

    /// Cycles at the rate of the time stamp while not halted: a fixed counter on Intel, an event on Zen 4 and later.
    /// Nothing else has them.
    private static func referenceCycles(_ signature: ProcessorSignature?, _ core: PerfPMU) -> PerfRequest? {
        switch (signature?.vendor, signature?.generation) {
        case (.intel, _): generic(.referenceCycles, .referenceCycles, core)
        case (.amd, .zen4), (.amd, .zen5): raw(.referenceCycles, .referenceCycles, core)
        default: nil
        }
    }

    /// What the core asked of the last-level cache and of memory.
    ///
    /// The generic cache events stand for the architectural pair on Intel (Linux 6.12, arch/x86/events/intel/core.c,
    /// intel_perfmon_event_map). On AMD they count at the second level and on Arm at the first, so they are not used
    /// there; AMD's cores tell where their cache lines came from instead, from Zen 3 on.
    private static func cacheEvents(_ signature: ProcessorSignature?, _ core: PerfPMU) -> [PerfRequest] {
        switch signature?.vendor {
        case .intel:
            let known = signature?.generation?.cacheEvents ?? []
            let architectural = [
                generic(.l3Misses, .cacheMisses, core, meaning: .lastLevelCacheMiss),
                generic(.l3References, .cacheReferences, core, meaning: .lastLevelCacheReference, .welcome),
            ]
            let retired: [(Quantity, EventSelector)] = [
                (.l3LoadMisses, .loadRetiredL3Miss), (.l3LoadHits, .loadRetiredL3Hit),
            ]
            return architectural
                + retired.filter { known.contains($0.1) }.compactMap { quantity, event in
                    raw(quantity, UInt64(event.event), UInt64(event.unitMask), core, event.description, .spare)
                }
        case .amd:
            guard signature?.generation?.hasZenMemoryFills == true else { return [] }
            return raw(.memoryFills, .memoryFills, core).map { [$0] } ?? []
        case nil:
            return []
        }
    }
}

extension ZenCoreEvent {
    /// Name and numbers, as in "ls_not_halted_cyc (76/00)".
    fileprivate var description: String {
        func hexadecimal(_ number: some BinaryInteger) -> String {
            (number < 0x10 ? "0" : "") + String(number, radix: 16, uppercase: true)
        }
        return "\(name) (\(hexadecimal(event))/\(hexadecimal(unitMask)))"
    }
}
