/// Numbers as text for tables, axes and drawings: the same digits on every machine and in every locale.
public enum NumberText {
    /// What stands where a value is absent or not finite: an en dash, never a zero.
    public static let absent = "–"

    /// `value` rounded to `decimals` places (0 to 9, halves away from zero), with all places shown;
    /// ``absent`` when there is no finite value.
    public static func fixed(_ value: Double?, decimals: Int) -> String {
        guard let value, value.isFinite else { return absent }
        let places = min(max(decimals, 0), 9)
        let factor = powerOfTen(places)
        let scaled = (value.magnitude * factor).rounded(.toNearestOrAwayFromZero)
        // Beyond 2^53 the rounding above no longer means anything; such a value is shown as Swift prints it.
        guard scaled < 0x1p53 else { return "\(value)" }
        let whole = UInt64(scaled)
        let unit = UInt64(factor)
        let sign = value < 0 && whole > 0 ? "-" : ""
        guard places > 0 else { return sign + String(whole) }
        let fraction = String(whole % unit)
        let zeros = String(repeating: "0", count: places - fraction.count)
        return "\(sign)\(whole / unit).\(zeros)\(fraction)"
    }

    /// A share in [0, 1] as percent with `decimals` places and a space before the sign; ``absent`` when there is none.
    public static func percent(_ share: Double?, decimals: Int = 1) -> String {
        guard let share, share.isFinite else { return absent }
        return fixed(share * 100, decimals: decimals) + " %"
    }

    /// `value` with at most `decimals` places and no trailing zeros: the form used for coordinates.
    static func shortest(_ value: Double, decimals: Int) -> String {
        var text = fixed(value, decimals: decimals)
        guard text.contains(".") else { return text }
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    private static func powerOfTen(_ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
