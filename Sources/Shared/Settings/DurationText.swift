/// Durations as people write them: a whole number and a unit, such as "20ms".
public enum DurationText {
    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// The nanoseconds of `text`, or nil when it is no such duration or too long to count.
    public static func parse(_ text: String) -> UInt64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let unit = units.first(where: { $0.name == text.dropFirst(digits.count) }), let count = UInt64(digits) else {
            return nil
        }
        let (nanoseconds, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
        return overflow ? nil : nanoseconds
    }

    /// The shortest text that `parse` reads as `nanoseconds`.
    public static func format(nanoseconds: UInt64) -> String {
        let unit = units.last { nanoseconds >= $0.nanoseconds && nanoseconds % $0.nanoseconds == 0 } ?? units[0]
        return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
    }
}
