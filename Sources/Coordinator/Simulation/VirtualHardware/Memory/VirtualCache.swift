import Registers

/// The counters of one AMD last-level cache, shared by the CPUs of its core complex.
struct VirtualCache {
    /// A CPU of the complex: its place decides which masks it passes.
    private struct Member {
        let cpu: Int
        let core: Int
        let thread: Int
    }

    /// Slices of a cache: as many as a core complex of the generation has cores.
    private static let slices = (zen2: 4, zen3: 8)

    private var counters: SharedCounters
    private let members: [Member]
    private let hasThreadMask: Bool

    init(cpus: [Int], registers: [RegisterMemory], profile: HardwareProfile, generation: ProcessorGeneration) {
        counters = SharedCounters(members: registers, pairs: profile.cacheCounters)
        members = cpus.map {
            Member(
                cpu: $0, core: profile.hardware.coreInSocket($0) % profile.hardware.coresPerCache,
                thread: profile.hardware.thread(of: $0))
        }
        hasThreadMask = generation.hasZenCacheThreadMask
    }

    /// Lets `seconds` pass in which the complex's CPUs do what `activity` says of each.
    mutating func step(seconds: Double, _ activity: (Int) -> CPUActivity) {
        let (members, hasThreadMask) = (members, hasThreadMask)
        counters.step(
            amount: { control in
                guard control & ZenCacheEvent.enable != 0, let rate = Self.rate(control) else { return nil }
                let share = hasThreadMask ? Self.maskedSlices(control) : Self.numberedSlices(control)
                let chosen = members.filter {
                    hasThreadMask ? Self.isMasked($0, control) : Self.isNumbered($0, control)
                }
                return chosen.reduce(0) { $0 + rate(activity($1.cpu)) } * share * seconds
            }, stored: { $0 & CounterWidth.bits48.mask })
    }

    private static func rate(_ control: UInt64) -> ((CPUActivity) -> Double)? {
        switch ZenCacheEvent(
            event: UInt8(truncatingIfNeeded: control), unitMask: UInt8(truncatingIfNeeded: control >> 8))
        {
        case .accesses: { $0.llcReferencesPerSecond }
        case .misses: { $0.llcMissesPerSecond }
        case .hits: { max(0, $0.llcReferencesPerSecond - $0.llcMissesPerSecond) }
        default: nil
        }
    }

    /// Zen 1 and 2: bits 63...56 are the complex's threads, two for each core, and 51...48 its slices.
    private static func isMasked(_ member: Member, _ control: UInt64) -> Bool {
        control >> UInt64(56 + 2 * member.core + member.thread) & 1 == 1
    }

    private static func maskedSlices(_ control: UInt64) -> Double {
        Double((control >> 48 & 0xF).nonzeroBitCount) / Double(slices.zen2)
    }

    /// Zen 3 and later: bits 57...56 are the threads of the chosen cores, bit 47 chooses all cores and bit 46 all
    /// slices.
    private static func isNumbered(_ member: Member, _ control: UInt64) -> Bool {
        let isOfCore = control >> 47 & 1 == 1 || Int(control >> 42 & 0b111) == member.core
        return isOfCore && control >> UInt64(56 + member.thread) & 1 == 1
    }

    private static func numberedSlices(_ control: UInt64) -> Double {
        control >> 46 & 1 == 1 ? 1 : 1 / Double(slices.zen3)
    }
}
