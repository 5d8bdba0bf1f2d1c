import Registers

/// The events of one unit that counts for a core, a cache or a package rather than for a CPU.
struct PerfUnitEvents: Hashable, Sendable {
    /// The unit's name.
    let unit: String
    /// The CPUs on which the events are opened, one for each core, cache or package.
    let readers: [Int]
    /// What is counted.
    let requests: [PerfRequest]

    /// Joules per count of the power unit unless it says otherwise: 2^-32 (Linux, arch/x86/events/rapl.c).
    static let joulesPerCount = 0x1p-32

    private init?(_ pmu: PerfPMU, _ requests: [PerfRequest]) {
        guard let readers = pmu.readers, !readers.isEmpty, !requests.isEmpty else { return nil }
        unit = pmu.name
        self.readers = readers
        self.requests = requests
    }

    /// The residencies of `pmu`, which is the kernel's cstate_core or cstate_pkg: ticks at the rate of the time stamp.
    /// Only states that the kernel names can be counted. Nil when none of interest is.
    init?(residenciesOf pmu: PerfPMU) {
        let states: [(String, Quantity)] =
            switch pmu.name {
            case "cstate_core": [("c1", .coreC1), ("c3", .coreC3), ("c6", .coreC6), ("c7", .coreC7)]
            case "cstate_pkg": [("c2", .packageC2), ("c6", .packageC6)]
            default: []
            }
        self.init(pmu, states.compactMap { Self.named($1, "\($0)-residency", pmu) })
    }

    /// The energies of `pmu`, which is the kernel's power unit, in counts of `joulesPerCount`. An event that the kernel
    /// gives another scale is left out. Nil when none of interest is there.
    init?(energiesOf pmu: PerfPMU) {
        guard pmu.name == "power" else { return nil }
        let energies: [(String, Quantity)] = [
            ("energy-pkg", .packageEnergy), ("energy-ram", .memoryEnergy),
        ]
        let requests = energies.compactMap { name, quantity -> PerfRequest? in
            let scale = pmu.events[name]?.scale ?? Self.joulesPerCount
            guard scale == Self.joulesPerCount else { return nil }
            return Self.named(quantity, name, pmu, unit: Self.joulesPerCount)
        }
        self.init(pmu, requests)
    }

    /// The accesses and misses of AMD's last-level caches, each shared by a few cores. The kernel adds all cores and
    /// slices where the event names none. Nil when `pmu` is another unit or cannot encode them.
    init?(cacheOf pmu: PerfPMU) {
        guard pmu.name == "amd_l3" else { return nil }
        let events: [(ZenCacheEvent, Quantity, String)] = [
            (.misses, .domainL3Misses, "l3_lookup_state.l3_miss (04/01)"),
            (.accesses, .domainL3References, "l3_lookup_state.all_coherent_accesses_to_l3 (04/FF)"),
        ]
        let requests = events.compactMap { event, quantity, name -> PerfRequest? in
            let terms = [PerfTerm("event", UInt64(event.event)), PerfTerm("umask", UInt64(event.unitMask))]
            guard let code = try? pmu.encode(terms) else { return nil }
            return PerfRequest(quantity: quantity, code: code, name: name, detail: name)
        }
        self.init(pmu, requests)
    }

    private static func named(
        _ quantity: Quantity, _ event: String, _ pmu: PerfPMU, unit: Double = 1
    ) -> PerfRequest? {
        pmu.encode(event: event).map {
            PerfRequest(quantity: quantity, code: $0, name: "\(pmu.name)/\(event)/", unit: unit)
        }
    }
}
