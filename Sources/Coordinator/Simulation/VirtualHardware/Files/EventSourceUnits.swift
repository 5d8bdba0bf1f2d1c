import Registers

/// Which units a machine's kernel would offer to perf (Linux 6.12, arch/x86/events).
struct EventSourceUnits {
    /// A unit as its folder in sysfs describes it.
    struct Unit {
        let name: String
        let type: Int
        /// CPUs that stand for the unit, one for each package, cache or core; nil where each CPU has its own.
        var readers: ((Set<Int>) -> [Int])?
        /// Files below the unit's folder.
        var texts: [String: String]
    }

    let profile: HardwareProfile

    private static let eventAndMask = ["format/event": "config:0-7", "format/umask": "config:8-15"]

    /// All of them.
    var all: [Unit] {
        var units = coreUnits
        units.append(Unit(name: "msr", type: 9, texts: clockTexts))
        guard !profile.isGuest else { return units }
        units += residencyUnits + energyUnits + memoryUnits
        return units
    }

    private var coreUnits: [Unit] {
        guard profile.coreCounters != .none else { return [] }
        let hardware = profile.hardware
        guard hardware.efficientCores > 0 else {
            let event = profile.isZen ? "config:0-7,32-35" : "config:0-7"
            return [Unit(name: "cpu", type: 4, texts: ["format/event": event, "format/umask": "config:8-15"])]
        }
        let performance = CPUList.format(hardware.cpusByKind.performance)
        let efficient = CPUList.format(hardware.cpusByKind.efficient)
        return [
            Unit(name: "cpu_core", type: 4, texts: Self.eventAndMask.merging(["cpus": performance]) { $1 }),
            Unit(name: "cpu_atom", type: 10, texts: Self.eventAndMask.merging(["cpus": efficient]) { $1 }),
        ]
    }

    private var clockTexts: [String: String] {
        var texts = ["format/event": "config:0-63", "events/tsc": "event=0x00"]
        if !profile.isGuest {
            texts["events/aperf"] = "event=0x01"
            texts["events/mperf"] = "event=0x02"
        }
        return texts
    }

    private var residencyUnits: [Unit] {
        guard !profile.coreResidencies.isEmpty else { return [] }
        let numbers: [CoreIdleState: Int] = [.c1: 0, .c3: 1, .c6: 2, .c7: 3]
        var core = ["format/event": "config:0-63"]
        for (state, _) in profile.coreResidencies {
            core["events/\(state.rawValue.lowercased())-residency"] = "event=0x0\(numbers[state] ?? 0)"
        }
        let package = [
            "format/event": "config:0-63", "events/c2-residency": "event=0x00", "events/c6-residency": "event=0x02",
        ]
        let hardware = profile.hardware
        return [
            Unit(name: "cstate_core", type: 11, readers: first { hardware.core(of: $0) }, texts: core),
            Unit(name: "cstate_pkg", type: 12, readers: first { hardware.socket(of: $0) }, texts: package),
        ]
    }

    private var energyUnits: [Unit] {
        let names: [EnergyDomain: (event: String, number: Int)] = [
            .cores: ("energy-cores", 1), .package: ("energy-pkg", 2), .memory: ("energy-ram", 3),
            .platform: ("energy-psys", 5),
        ]
        var texts = ["format/event": "config:0-7"]
        for (domain, _) in profile.energyRegisters.counters where domain != .cores || !profile.isZen {
            guard let (event, number) = names[domain] else { continue }
            texts["events/\(event)"] = "event=0x0\(number)"
            texts["events/\(event).scale"] = "2.3283064365386962890625e-10"
            texts["events/\(event).unit"] = "Joules"
        }
        guard texts.count > 1 else { return [] }
        let hardware = profile.hardware
        return [Unit(name: "power", type: 13, readers: first { hardware.socket(of: $0) }, texts: texts)]
    }

    /// The CPUs with the lowest number of each domain that `domain` names.
    private func first(_ domain: @escaping (Int) -> Int) -> (Set<Int>) -> [Int] {
        { online in
            var found: [Int: Int] = [:]
            for cpu in online { found[domain(cpu)] = min(cpu, found[domain(cpu)] ?? cpu) }
            return found.values.sorted()
        }
    }

    private var memoryUnits: [Unit] {
        let hardware = profile.hardware
        let readers = first { hardware.socket(of: $0) }
        if profile.isZen { return cacheUnits + controllerUnits(readers) }
        guard let events = casEvents else { return [] }
        var texts = Self.eventAndMask
        for (name, terms) in [("read", events.read), ("write", events.write)] {
            texts["events/cas_count_\(name)"] = terms
            // 64 bytes in MiB.
            texts["events/cas_count_\(name).scale"] = "6.103515625e-5"
            texts["events/cas_count_\(name).unit"] = "MiB"
        }
        return (0..<hardware.memoryChannels).map {
            Unit(name: "uncore_imc_\($0)", type: 20 + $0, readers: readers, texts: texts)
        }
    }

    /// The memory events of servers (Linux 6.12, arch/x86/events/intel/uncore_snbep.c).
    private var casEvents: (read: String, write: String)? {
        switch profile.generation {
        case .haswellServer, .broadwellServer, .skylakeServer, .cascadeLake, .cooperLake:
            ("event=0x04,umask=0x03", "event=0x04,umask=0x0c")
        case .iceLakeServer: ("event=0x04,umask=0x0f", "event=0x04,umask=0x30")
        case .sapphireRapids, .emeraldRapids: ("event=0x05,umask=0xcf", "event=0x05,umask=0xf0")
        default: nil
        }
    }

    private var cacheUnits: [Unit] {
        let hardware = profile.hardware
        return [
            Unit(name: "amd_l3", type: 14, readers: first { hardware.cache(of: $0) }, texts: Self.eventAndMask)
        ]
    }

    private func controllerUnits(_ readers: @escaping (Set<Int>) -> [Int]) -> [Unit] {
        (0..<profile.populatedControllers).map {
            let texts = ["format/event": "config:0-7", "format/rdwrmask": "config:8-9"]
            return Unit(name: "amd_umc_\($0)", type: 20 + $0, readers: readers, texts: texts)
        }
    }
}
