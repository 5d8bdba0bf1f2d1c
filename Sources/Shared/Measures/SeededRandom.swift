/// A repeatable random source: the same seed gives the same numbers on every machine.
///
/// The generator is xoshiro256++ (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS
/// 47(4), 2021), its state filled by SplitMix64 as the authors advise, so that small seeds do not start near zero.
public struct SeededRandom: RandomNumberGenerator, Sendable, Equatable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Starts the sequence that belongs to `seed`; every seed is allowed, zero too.
    public init(seed: UInt64) {
        var fill = SplitMix64(state: seed)
        state = (fill.next(), fill.next(), fill.next(), fill.next())
    }

    /// Starts a sequence of its own for one purpose under a common seed, so that a draw added for one purpose does not
    /// shift the numbers of another.
    public init(seed: UInt64, stream: String) {
        // FNV-1a, 64 bit: offset basis and prime as published by its authors.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in stream.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        self.init(seed: seed ^ hash)
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let result = rotateLeft(state.0 &+ state.3, by: 23) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotateLeft(state.3, by: 45)
        return result
    }

    /// A number in [0, 1) with 53 random bits.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A whole number in 0 ..< `bound`, each as likely as the other; `bound` must be positive.
    public mutating func index(below bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &self)
    }

    /// The four words of state, for a checkpoint that must continue the same sequence.
    public var words: [UInt64] { [state.0, state.1, state.2, state.3] }

    /// Continues a sequence from the `words` of an earlier one; nil unless there are four and not all are zero, the one
    /// state that the generator never leaves.
    public init?(words: [UInt64]) {
        guard words.count == 4, words.contains(where: { $0 != 0 }) else { return nil }
        state = (words[0], words[1], words[2], words[3])
    }

    /// Whether both continue with the same numbers.
    public static func == (left: Self, right: Self) -> Bool { left.state == right.state }
}

private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

private func rotateLeft(_ value: UInt64, by count: UInt64) -> UInt64 {
    (value << count) | (value >> (64 - count))
}
