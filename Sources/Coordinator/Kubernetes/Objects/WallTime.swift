public import Foundation

/// Moments as Kubernetes writes them, always in UTC (RFC 3339).
public enum WallTime {
    /// Six decimals, as Leases have it (MicroTime): "2026-01-02T03:04:05.000000Z".
    public static func micro(_ date: Date) -> String {
        let microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded(.down))
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(1_000_000 + rest).dropFirst()
        return "\(whole(Date(timeIntervalSince1970: Double(seconds))).dropLast()).\(digits)Z"
    }

    /// Whole seconds: "2026-01-02T03:04:05Z".
    public static func whole(_ date: Date) -> String { date.formatted(.iso8601) }

    /// The moment that `text` names, with or without decimals and in any zone; nil when it names none.
    public static func parse(_ text: String) -> Date? {
        // Decimals are taken off because Foundation wants to know beforehand whether there are any.
        guard let dot = text.firstIndex(of: ".") else { return try? Date(text, strategy: .iso8601) }
        let decimals = text[text.index(after: dot)...].prefix { $0.isNumber }
        guard !decimals.isEmpty, let fraction = Double("0.\(decimals)") else { return nil }
        let without = text[..<dot] + text[decimals.endIndex...]
        return (try? Date(String(without), strategy: .iso8601))?.addingTimeInterval(fraction)
    }
}
