/// Shares as people write them: a number of per cent with at most two decimals, such as "1%" or "2.5%".
public enum PercentText {
    /// The share that `text` names, as a part of one, or nil when it is none.
    public static func parse(_ text: String) -> Double? {
        guard text.last == "%" else { return nil }
        let parts = text.dropLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap(digits), whole <= 1_000_000 else { return nil }
        guard parts.count == 2 else { return Double(whole) / 100 }
        guard parts[1].count <= 2, let fraction = digits(parts[1]) else { return nil }
        return Double(whole * 100 + fraction * (parts[1].count == 1 ? 10 : 1)) / 10_000
    }

    /// The shortest text that names `share` to the hundredth of a per cent.
    public static func format(_ share: Double) -> String {
        let hundredths = Int((min(max(share, 0), 10_000) * 10_000).rounded())
        let (whole, fraction) = hundredths.quotientAndRemainder(dividingBy: 100)
        guard fraction > 0 else { return "\(whole)%" }
        return fraction % 10 == 0 ? "\(whole).\(fraction / 10)%" : "\(whole).\(fraction < 10 ? "0" : "")\(fraction)%"
    }

    private static func digits(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(text)
    }
}
