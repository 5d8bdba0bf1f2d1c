import Registers

/// One way to count what a machine's memory controllers read and wrote.
struct PerfMemoryEvents: Hashable, Sendable {
    /// Reads or writes of one memory channel, or of one half of it.
    struct Channel: Hashable, Sendable {
        /// The unit's name.
        let unit: String
        /// The CPUs on which the events are opened, one per package.
        let readers: [Int]
        /// The sum of `reads` is what was read, and that of `writes` what was written.
        let reads, writes: [PerfEventCode]
    }

    /// What is counted, for all to see.
    let name: String
    /// Bytes that one count stands for, reads and writes alike.
    let bytesPerCount: UInt64
    let channels: [Channel]
    /// Whether each unit counts one channel, rather than all channels of a controller.
    let isPerChannel: Bool

    /// Every way that `units` offer, the best first. Free-running and programmable counters see the same traffic, so
    /// each way uses units of one kind only, and only one way may be used. A way that a unit of its kind does not have
    /// is left out, for a sum without it would be too low.
    static func ways(_ units: [PerfPMU]) -> [PerfMemoryEvents] {
        var ways: [PerfMemoryEvents] = []
        for naming in namings {
            for kind in [Kind.programmable, .freeRunning] {
                ways += way(kind, units, naming)
            }
        }
        return ways + way(.amd, units, nil)
    }

    /// Whether a unit's name is one of a memory controller, so that it is worth reading.
    static func isMemoryUnit(_ name: String) -> Bool { Kind(name) != nil }

    /// The kinds of units, by what stands before their number.
    private enum Kind: String {
        case programmable = "uncore_imc"
        case freeRunning = "uncore_imc_free_running"
        case amd = "amd_umc"

        /// Nil when `name` is none of these, alone or with a number.
        init?(_ name: String) {
            let suffix = name.utf8.reversed().prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
            var base = name.dropLast(suffix)
            if suffix > 0 {
                guard base.last == "_" else { return nil }
                base = base.dropLast()
            }
            self.init(rawValue: String(base))
        }
    }

    /// Names under which the kernel lists reads and writes, the first to be preferred.
    private struct Naming {
        let reads, writes: [String]
    }

    private static let namings = [
        // Servers up to Emerald Rapids.
        Naming(reads: ["cas_count_read"], writes: ["cas_count_write"]),
        // Granite Rapids: each channel has two halves.
        Naming(
            reads: ["cas_count_read_sch0", "cas_count_read_sch1"],
            writes: ["cas_count_write_sch0", "cas_count_write_sch1"]),
        // Ice Lake servers, free-running.
        Naming(reads: ["read"], writes: ["write"]),
        // Clients from Tiger Lake on, free-running.
        Naming(reads: ["data_read"], writes: ["data_write"]),
        // Clients before.
        Naming(reads: ["data_reads"], writes: ["data_writes"]),
    ]

    private static func way(_ kind: Kind, _ units: [PerfPMU], _ naming: Naming?) -> [PerfMemoryEvents] {
        var channels: [Channel] = []
        var scales: Set<UInt64?> = []
        for unit in units where Kind(unit.name) == kind {
            guard let channel = naming.map({ named($0, unit) }) ?? umc(unit) else { return [] }
            channels.append(channel)
            scales.insert(naming.map { bytes($0.reads + $0.writes, unit) } ?? 64)
        }
        guard scales.count == 1, let bytesPerCount = scales.first ?? nil else { return [] }
        let events = naming.map { ($0.reads + $0.writes).joined(separator: ", ") } ?? "event 0A by direction"
        return [
            PerfMemoryEvents(
                name: "\(kind.rawValue): \(events)", bytesPerCount: bytesPerCount, channels: channels,
                isPerChannel: kind != .freeRunning && naming?.reads != ["data_reads"])
        ]
    }

    private static func named(_ naming: Naming, _ unit: PerfPMU) -> Channel? {
        let reads = naming.reads.compactMap { unit.encode(event: $0) }
        let writes = naming.writes.compactMap { unit.encode(event: $0) }
        guard let readers = unit.readers, !readers.isEmpty, reads.count == naming.reads.count,
            writes.count == naming.writes.count
        else { return nil }
        return Channel(unit: unit.name, readers: readers, reads: reads, writes: writes)
    }

    /// Bytes per count that the kernel's scales amount to, 64 where it gives none: one burst is a cache line. Nil when
    /// the events differ or do not count whole bytes. Counts are multiplied by this whole number and never by the scale
    /// itself, which would lose digits.
    private static func bytes(_ events: [String], _ unit: PerfPMU) -> UInt64? {
        let scales = Set(
            events.map { event -> UInt64? in
                guard let named = unit.events[event], let scale = named.scale else { return 64 }
                guard named.unit == "MiB" else { return nil }
                let bytes = scale * 0x1p20
                // The kernel writes 64 / 2^20 with as few as nine digits.
                guard (1...65536).contains(bytes), abs(bytes - bytes.rounded()) < 1e-6 * bytes else { return nil }
                return UInt64(bytes.rounded())
            })
        guard scales.count == 1, let bytes = scales.first else { return nil }
        return bytes
    }

    /// Column accesses by direction. The kernel names no events of these units, only where their terms lie (Linux 6.12,
    /// arch/x86/events/amd/uncore.c).
    private static func umc(_ unit: PerfPMU) -> Channel? {
        func code(_ direction: ZenMemoryEvent.Direction) -> PerfEventCode? {
            try? unit.encode([
                PerfTerm("event", ZenMemoryEvent.columnAccess), PerfTerm("rdwrmask", direction.rawValue),
            ])
        }
        guard let readers = unit.readers, !readers.isEmpty, let reads = code(.reads), let writes = code(.writes)
        else { return nil }
        return Channel(unit: unit.name, readers: readers, reads: [reads], writes: [writes])
    }
}
