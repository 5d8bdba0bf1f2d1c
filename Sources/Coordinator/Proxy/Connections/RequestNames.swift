import Measures

/// Names for requests: 32 hexadecimal digits, half of them drawn once for each loop, half counted on from a number that
/// was drawn, so that no two are the same and none costs much.
struct RequestNames: Sendable {
    private let prefix: String
    private var next64: UInt64

    init(_ random: SeededRandom) {
        var random = random
        prefix = Self.digits(random.next())
        next64 = random.next()
    }

    mutating func next() -> String {
        next64 &+= 1
        return prefix + Self.digits(next64)
    }

    private static func digits(_ number: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { digits in
            for place in 0..<16 {
                let value = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * place)) & 0xf
                digits[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
            }
            return 16
        }
    }
}
