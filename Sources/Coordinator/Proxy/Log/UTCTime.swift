/// A time of day in UTC, for logs.
struct UTCTime: Hashable, Sendable {
    private let days: Int
    private let second: Int

    init(secondsSince1970 seconds: Double) {
        let whole = Int(seconds.rounded(.down))
        days = whole / 86_400
        second = whole % 86_400
    }

    /// As Apache's common log format has it: `10/Oct/2000:13:55:36 +0000`.
    var commonLog: String {
        let (year, month, day) = Self.civil(days)
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [second / 3_600, second / 60 % 60, second % 60].map(Self.two).joined(separator: ":")
        return "\(Self.two(day))/\(names[month - 1])/\(year):\(clock) +0000"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Year, month and day of the day `days` after 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date Algorithms",
    /// civil_from_days).
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
