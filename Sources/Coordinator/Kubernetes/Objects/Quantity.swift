/// An amount of a resource as Kubernetes writes it: "500m", "32925286Ki", "15.6Gi", "1e3".
///
/// It is exact down to one billionth, which is Kubernetes' own finest grain; what is finer is rounded away from zero,
/// as the API server does (apimachinery, resource.ParseQuantity).
public struct Quantity: Hashable, Comparable, Sendable {
    /// The amount in billionths of its unit, which is a CPU, a byte or a thing counted.
    public let nano: Int128

    /// The amount in thousandths of its unit, rounded up; nil when that is more than 64 bits hold.
    public var milli: Int64? { Int64(exactly: Self.dividedUp(nano, by: 1_000_000)) }

    /// The amount in whole units, rounded up; nil when that is more than 64 bits hold.
    public var whole: Int64? { Int64(exactly: Self.dividedUp(nano, by: 1_000_000_000)) }

    /// `nano` billionths of a unit.
    public init(nano: Int128) { self.nano = nano }

    /// `milli` thousandths of a unit.
    public init(milli: Int64) { nano = Int128(milli) * 1_000_000 }

    /// The amount that `text` stands for; nil when it is no quantity, or beyond 2^63 - 1 whole units either way.
    public init?(_ text: String) {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        var decimals = Substring()
        if rest.first == "." {
            decimals = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(decimals.count + 1)
        }
        guard !digits.isEmpty || !decimals.isEmpty, let suffix = Suffix(rest) else { return nil }
        guard let value = Self.nano(digits: digits, decimals: decimals, suffix: suffix) else { return nil }
        guard value <= Int128(Int64.max) * 1_000_000_000 else { return nil }
        nano = isNegative ? -value : value
    }

    /// Less compares as less.
    public static func < (left: Self, right: Self) -> Bool { left.nano < right.nano }

    /// The factor that stands behind the digits: a power of ten, or of 1024.
    private enum Suffix {
        case ten(Int)
        case binary(Int)

        private static let decimal = [
            "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
        ]
        private static let binary = ["Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6]

        init?(_ text: Substring) {
            if let power = Self.decimal[String(text)] {
                self = .ten(power)
            } else if let power = Self.binary[String(text)] {
                self = .binary(power)
            } else if text.first == "e" || text.first == "E", let power = Int(text.dropFirst()), abs(power) <= 40 {
                self = .ten(power)
            } else {
                return nil
            }
        }
    }

    private static func nano(digits: Substring, decimals: Substring, suffix: Suffix) -> Int128? {
        // Zeros at the ends carry nothing but would count against the room there is.
        let fraction = decimals.reversed().drop { $0 == "0" }.count
        let all = (digits + decimals.prefix(fraction)).drop { $0 == "0" }
        guard all.count <= 36, var value = all.isEmpty ? 0 : Int128(all) else { return nil }
        var power = 9 - fraction
        switch suffix {
        case .ten(let more): power += more
        case .binary(let thousands):
            let (product, overflow) = value.multipliedReportingOverflow(by: Int128(1) << (10 * thousands))
            if overflow { return nil }
            value = product
        }
        for _ in 0..<max(power, 0) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
        }
        // One division, so that it is rounded once.
        guard power < 0 else { return value }
        guard power >= -38 else { return value == 0 ? 0 : 1 }
        var divisor: Int128 = 1
        for _ in 0..<(-power) { divisor *= 10 }
        return dividedUp(value, by: divisor)
    }

    /// Rounded up, towards the larger number.
    private static func dividedUp(_ value: Int128, by divisor: Int128) -> Int128 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder > 0 ? quotient + 1 : quotient
    }
}

extension Quantity: Codable {
    /// Decodes a text, or a number as YAML may make of it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try (try? container.decode(String.self)) ?? "\(container.decode(Int64.self))"
        guard let quantity = Quantity(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is no quantity")
        }
        self = quantity
    }

    /// Encodes the finest grain that is needed: whole units, thousandths ("m") or billionths ("n").
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The amount as Kubernetes reads it, exactly.
    public var text: String {
        if nano % 1_000_000_000 == 0 { return "\(nano / 1_000_000_000)" }
        if nano % 1_000_000 == 0 { return "\(nano / 1_000_000)m" }
        return "\(nano)n"
    }
}
