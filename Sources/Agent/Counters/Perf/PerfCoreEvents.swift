import Registers

/// Which events of a CPU's core are counted, most wanted first, for one kind of core.
///
/// Time stamp and MPERF belong to the kernel's msr unit, which counts as software: they may join a group of the core's
/// events, always fit, and are read at the same moment.
struct PerfCoreEvents: Hashable, Sendable {
    /// In the order of opening.
    let requests: [PerfRequest]

    /// The events of a core that `core` counts, nil where the kernel has no unit for it; `msr` is the kernel's unit of
    /// that name. Events that a unit cannot encode are left out.
    init(processor: PerfProcessor, core: PerfPMU?, msr: PerfPMU?) {
        var requests: [PerfRequest] = []
        if let core {
            requests.append(Self.generic(.cycles, .cpuCycles, core))
            requests.append(Self.generic(.instructions, .instructions, core))
            if let reference = Self.referenceCycles(processor, core) { requests.append(reference) }
        }
        if let msr {
            requests += Self.named(.timeStamp, "tsc", msr)
            if !requests.contains(where: { $0.quantity == .referenceCycles }) {
                requests += Self.named(.maximumClock, "mperf", msr)
                requests += Self.named(.actualClock, "aperf", msr)
            }
        }
        if let core { requests += Self.cacheEvents(processor, core) }
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
        _ quantity: Quantity, event: UInt64, unitMask: UInt64, _ core: PerfPMU, _ name: String,
        _ necessity: PerfNecessity = .needed
    ) -> PerfRequest? {
        guard let code = try? core.encode([PerfTerm("event", event), PerfTerm("umask", unitMask)]) else { return nil }
        return PerfRequest(
            quantity: quantity, code: code, name: name, detail: name, necessity: necessity, takesCounter: true)
    }

    private static func named(_ quantity: Quantity, _ event: String, _ unit: PerfPMU) -> [PerfRequest] {
        guard let code = unit.encode(event: event) else { return [] }
        return [PerfRequest(quantity: quantity, code: code, name: "\(unit.name)/\(event)/")]
    }

    /// Cycles at the rate of the time stamp while not halted: a fixed counter on Intel, an event on Zen 4 and later
    /// (Linux 6.12, tools/perf/pmu-events/arch/x86/amdzen4). Nothing else has them.
    private static func referenceCycles(_ processor: PerfProcessor, _ core: PerfPMU) -> PerfRequest? {
        switch processor {
        case .intel: generic(.referenceCycles, .referenceCycles, core)
        case .amd(let zen?) where zen >= 4:
            raw(.referenceCycles, event: 0x120, unitMask: 0x01, core, "ls_not_halted_p0_cyc.p0_freq_cyc (120/01)")
        case .amd, .other: nil
        }
    }

    /// What the core asked of the last-level cache and of memory.
    ///
    /// The generic cache events stand for the architectural pair on Intel (Linux 6.12, arch/x86/events/intel/core.c,
    /// intel_perfmon_event_map). On AMD they count at the second level and on Arm at the first, so they are not used
    /// there; AMD's cores tell where their cache lines came from instead, from Zen 3 on.
    private static func cacheEvents(_ processor: PerfProcessor, _ core: PerfPMU) -> [PerfRequest] {
        switch processor {
        case .intel(let generation):
            let architectural = [
                generic(.l3Misses, .cacheMisses, core, meaning: .lastLevelCacheMiss),
                generic(.l3References, .cacheReferences, core, meaning: .lastLevelCacheReference, .welcome),
            ]
            let retired: [(Quantity, EventSelector)] = [
                (.l3LoadMisses, .loadRetiredL3Miss), (.l3LoadHits, .loadRetiredL3Hit),
            ]
            return architectural
                + retired.compactMap { quantity, event in
                    guard generation?.cacheEvents.contains(event) == true else { return nil }
                    return raw(
                        quantity, event: UInt64(event.event), unitMask: UInt64(event.unitMask), core,
                        event.description, .spare)
                }
        case .amd(let zen?) where zen >= 3:
            // One bit for the memory of the CPU's own socket and one for others', which Zen 4 names together.
            let part = zen == 3 ? "mem_io_local + mem_io_remote" : "dram_io_all"
            let name = "ls_any_fills_from_sys.\(part) (44/48)"
            return raw(.memoryFills, event: 0x44, unitMask: 0x48, core, name).map { [$0] } ?? []
        case .amd, .other: return []
        }
    }
}
