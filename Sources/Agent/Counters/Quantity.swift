import Registers

/// What a raw counter counts. Each sample holds one value per quantity for each CPU or socket that has it.
enum Quantity: UInt8, CaseIterable, Sendable {
    case instructions, cycles, referenceCycles, timeStamp
    case l3Misses, l3References, l3LoadMisses, l3LoadHits
    case coreC1, coreC3, coreC6, coreC7
    case packageC2, packageC6
    /// Bursts of 64 bytes that the memory controllers of a socket read or wrote (CAS commands), all channels together.
    case readBursts, writeBursts

    /// Where the counter wraps. The bursts of several 48-bit channels are added modulo 2^48, which keeps differences
    /// right.
    var width: CounterWidth {
        switch self {
        case .timeStamp, .coreC1, .coreC3, .coreC6, .coreC7, .packageC2, .packageC6: .bits64
        case .instructions, .cycles, .referenceCycles, .l3Misses, .l3References, .l3LoadMisses, .l3LoadHits,
            .readBursts,
            .writeBursts:
            .bits48
        }
    }

    /// Whether the counter runs by itself since power-on, rather than since it was programmed.
    var isFreeRunning: Bool {
        switch self {
        case .timeStamp, .coreC1, .coreC3, .coreC6, .coreC7, .packageC2, .packageC6: true
        default: false
        }
    }

    /// This quantity as a bit of a `QuantitySet`.
    var bit: QuantitySet { QuantitySet(rawValue: 1 << UInt32(rawValue)) }
}

/// A set of quantities, one bit each.
struct QuantitySet: OptionSet, Hashable, Sendable {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ quantities: some Sequence<Quantity>) {
        rawValue = quantities.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
    }

    func contains(_ quantity: Quantity) -> Bool { !isDisjoint(with: quantity.bit) }
}
