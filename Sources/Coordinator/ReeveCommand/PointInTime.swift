import ArgumentParser
import Foundation

/// A point in time as an option says it: an RFC 3339 time such as 2026-11-21T12:00:00Z, or how long ago, such as 90m; s, m,
/// h and d are known.
struct PointInTime: ExpressibleByArgument, Hashable {
    private enum Form: Hashable {
        case absolute(Double)
        case ago(Double)
    }

    private static let secondsPerUnit: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    private let form: Form

    /// nil for what is neither.
    init?(argument: String) {
        if let date = try? Date(argument, strategy: .iso8601) {
            form = .absolute(date.timeIntervalSince1970)
        } else if let unit = argument.last.flatMap({ Self.secondsPerUnit[$0] }), let count = Double(argument.dropLast()),
            count.isFinite, count >= 0
        {
            form = .ago(count * unit)
        } else {
            return nil
        }
    }

    /// In seconds since 1970, counted back from `now` where it says how long ago.
    func unixSeconds(now: Date = Date()) -> Double {
        switch form {
        case .absolute(let seconds): seconds
        case .ago(let seconds): now.timeIntervalSince1970 - seconds
        }
    }

    /// `unixSeconds` as an RFC 3339 time of UTC, to the second.
    static func text(unixSeconds: Double) -> String {
        Date(timeIntervalSince1970: unixSeconds).formatted(.iso8601)
    }
}
