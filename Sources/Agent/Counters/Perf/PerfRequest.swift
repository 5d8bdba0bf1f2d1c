/// What an event measures.
enum PerfMeasure: String, Hashable, Sendable, CaseIterable {
    /// Of a CPU.
    case instructions, cycles, referenceCycles, timeStamp, maximumClock, actualClock
    case l3Misses, l3References, l3LoadMisses, l3LoadHits, memoryFills
    case coreC1, coreC3, coreC6, coreC7
    /// Of a package.
    case packageC2, packageC6
    case packageEnergy, memoryEnergy, coresEnergy
    case domainL3Misses, domainL3References
}

/// How soon an event is given up where there are not counters or descriptors enough for all; the last goes first.
enum PerfNecessity: Int, Hashable, Comparable, Sendable, CaseIterable {
    case needed, welcome, spare

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// An event that is to be counted.
struct PerfRequest: Hashable, Sendable {
    let measure: PerfMeasure
    let code: PerfEventCode
    /// The event's name, which tells what exactly the measure means here.
    let name: String
    var necessity = PerfNecessity.needed
}
