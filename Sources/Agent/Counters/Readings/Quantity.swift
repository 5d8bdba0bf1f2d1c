/// What a raw counter counts. Each sample holds one value per quantity for each CPU or socket that has it.
enum Quantity: UInt8, CaseIterable, Sendable {
    /// Of a CPU: retired instructions, cycles at the actual clock, and cycles at the time-stamp counter's rate while not
    /// halted, all by counters that had to be programmed.
    case instructions, cycles, referenceCycles
    /// Of a CPU: the time-stamp counter. A socket has that of the CPU that reads its registers.
    case timeStamp
    /// Of a CPU: the free-running pair MPERF and APERF, which stand still while it is halted; the first counts at the
    /// time-stamp counter's rate, the second at the actual clock.
    case maximumClock, actualClock
    /// Of a CPU: what its core asked of the last-level cache.
    case l3Misses, l3References, l3LoadMisses, l3LoadHits
    /// Of a CPU: cache lines that came from memory (AMD's fills by source).
    case memoryFills
    /// Of a CPU: time that its physical core spent in each state, at the time-stamp counter's rate.
    case coreC1, coreC3, coreC6, coreC7
    /// Of a socket: time in each package state, at the time-stamp counter's rate.
    case packageC2, packageC6
    /// Of a socket: what its last-level caches were asked for, where that cannot be told per CPU (AMD).
    case domainL3Misses, domainL3References
    /// Of a socket: what its memory controllers read, wrote, or moved either way, all channels together.
    case memoryReads, memoryWrites, memoryTransfers
    /// Of a socket: traffic behind the last-level cache as resource control counts it, and the part of it that went to
    /// the socket's own memory.
    case l3ExternalBytes, l3LocalBytes
    /// Of a socket: energy used.
    case packageEnergy, memoryEnergy
    /// Of a socket: its temperature, a reading rather than a count.
    case temperature
    /// Of a CPU: time by the kernel's accounting: executing, in all, taken away by the hypervisor, and in idle states
    /// that the kernel asked for.
    case busyTime, accountedTime, stolenTime, requestedC1Time, requestedC6Time

    /// How often a quantity is worth reading.
    var cadence: Cadence {
        switch self {
        case .instructions, .cycles, .referenceCycles, .timeStamp, .maximumClock, .actualClock, .l3Misses,
            .l3References, .l3LoadMisses, .l3LoadHits, .memoryFills, .coreC1, .coreC3, .coreC6, .coreC7:
            .tick
        case .packageC2, .packageC6, .domainL3Misses, .domainL3References, .memoryReads, .memoryWrites,
            .memoryTransfers, .l3ExternalBytes, .l3LocalBytes, .packageEnergy, .memoryEnergy, .temperature:
            .slow
        case .busyTime, .accountedTime, .stolenTime, .requestedC1Time, .requestedC6Time:
            .accounting
        }
    }

    /// Whether the quantity belongs to a socket; the time stamp belongs to both.
    var isOfSocket: Bool { cadence == .slow }

    /// Whether each value stands for itself and not for its difference to the one before.
    var isReading: Bool { self == .temperature }

    /// What it takes for the quantity's counters to be believed.
    var proof: LivenessProof {
        switch self {
        case .instructions, .cycles, .referenceCycles, .l3Misses, .l3References, .l3LoadMisses, .l3LoadHits,
            .memoryFills, .domainL3Misses, .domainL3References, .memoryReads, .memoryWrites, .memoryTransfers:
            .moves
        case .timeStamp, .maximumClock, .actualClock, .coreC1, .coreC3, .coreC6, .coreC7, .packageC2, .packageC6,
            .packageEnergy, .memoryEnergy, .accountedTime:
            .hasMovedSincePowerOn
        case .l3ExternalBytes, .l3LocalBytes, .temperature, .busyTime, .stolenTime, .requestedC1Time, .requestedC6Time:
            .none
        }
    }

    /// This quantity as a bit of a `QuantitySet`.
    var bit: QuantitySet { QuantitySet(rawValue: 1 << UInt64(rawValue)) }
}

/// How often quantities are read: core counters at each sample, what changes slowly or costs more less often.
enum Cadence: Int, CaseIterable, Sendable {
    /// At each sample.
    case tick
    /// Packages, memory, energy and temperature: energy counters move about once in a millisecond, so differences over
    /// less than some 50 ms are coarse.
    case slow
    /// The kernel's accounting, which moves in steps of 10 ms.
    case accounting

    /// The quantities of this cadence.
    var quantities: QuantitySet { Self.sets[rawValue] }

    private static let sets = allCases.map { cadence in
        QuantitySet(Quantity.allCases.filter { $0.cadence == cadence })
    }
}

/// What it takes for a counter to be believed, because hypervisors answer many registers with 0 and no error.
enum LivenessProof: Hashable, Sendable {
    /// It was set going by this process and must move.
    case moves
    /// It runs since power-on and cannot be 0 any more.
    case hasMovedSincePowerOn
    /// It may rest for as long as it likes, and reads nothing where it does not exist.
    case none
}

/// A set of quantities, one bit each.
struct QuantitySet: OptionSet, Hashable, Sendable {
    let rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(_ quantities: some Sequence<Quantity>) {
        rawValue = quantities.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
    }

    static let all = QuantitySet(Quantity.allCases)

    /// What the programmable and fixed counters of a core count. They have one owner: where the msr device programs them,
    /// perf must not, for each would corrupt the other silently.
    static let coreCounters = QuantitySet([
        .instructions, .cycles, .referenceCycles, .l3Misses, .l3References, .l3LoadMisses, .l3LoadHits, .memoryFills,
    ])

    func contains(_ quantity: Quantity) -> Bool { rawValue & 1 << UInt64(quantity.rawValue) != 0 }

    /// Calls `body` with each member, in the order of their declaration.
    @inline(__always)
    func forEach(_ body: (Quantity) -> Void) {
        var bits = rawValue
        while bits != 0 {
            let lowest = UInt8(truncatingIfNeeded: bits.trailingZeroBitCount)
            bits &= bits - 1
            if let quantity = Quantity(rawValue: lowest) { body(quantity) }
        }
    }
}
