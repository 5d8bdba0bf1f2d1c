import FoundationEssentials

/// Moments as operators write them: "now", "-2h" before now, "2026-11-22T12:00:00Z" as RFC 3339 has it, or seconds since 1970.
public enum HistoryMoment {
    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
    /// What can be written.
    public static let allowed =
        "now, -90s, -30m, -2h, -7d or -4w before now, 2026-11-22T12:00:00Z, or seconds since 1970"

    /// The seconds since 1970 that `text` means at `now`; nil where it means nothing.
    public static func unixSeconds(_ text: String, now: Double) -> Int64? {
        if text == "now" { return whole(now) }
        if text.first == "-", let unit = text.last, let seconds = units[unit] {
            let digits = text.dropFirst().dropLast()
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Double(digits) else { return nil }
            return whole(now - count * seconds)
        }
        if !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) { return Double(text).flatMap(whole) }
        return rfc3339(text)
    }

    private static func whole(_ seconds: Double) -> Int64? {
        guard seconds.isFinite, abs(seconds) < 1e12 else { return nil }
        return Int64(seconds.rounded(.down))
    }

    /// RFC 3339, section 5.6, with the offset that it asks for; fractions of a second are read and left out.
    private static func rfc3339(_ text: String) -> Int64? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return (try? style.parse(text)).flatMap { whole($0.timeIntervalSince1970) }
    }

    /// The moment in UTC as RFC 3339 has it.
    public static func text(unixSeconds: Double) -> String {
        Date(timeIntervalSince1970: unixSeconds).formatted(Date.ISO8601FormatStyle())
    }
}
