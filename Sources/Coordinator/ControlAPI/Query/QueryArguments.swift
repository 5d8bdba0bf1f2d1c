import Wire

/// The named values of one query, read one by one; what is left over afterwards is refused.
struct QueryArguments {
    private var remaining: [String: String]
    private let verb: String

    init(_ query: Query) {
        remaining = query.arguments
        verb = query.verb
    }

    /// A query that cannot be answered as it stands.
    struct BadArgument: Error {
        let sentence: String
    }

    /// The text of `name`, or `standard`. Throws `BadArgument` when it is absent without a standard.
    mutating func string(_ name: String, default standard: String? = nil) throws(BadArgument) -> String {
        guard let text = remaining.removeValue(forKey: name) ?? standard else {
            throw BadArgument(sentence: "\(verb) needs argument \(name)")
        }
        return text
    }

    /// The text of `name`, or nil when it is absent.
    mutating func optionalString(_ name: String) -> String? { remaining.removeValue(forKey: name) }

    /// The names that `name` lists with commas between, one at least; nil when it is absent.
    mutating func optionalNames(_ name: String) throws(BadArgument) -> [String]? {
        guard let text = remaining.removeValue(forKey: name) else { return nil }
        // By scalars: what stands behind a comma may join it into one character.
        let names = text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard !names.contains("") else {
            throw BadArgument(sentence: "\(verb)'s \(name) is \"\(text)\": allowed is one name, or several with commas between")
        }
        return names
    }

    /// The number of `name` within `range`, or `standard`.
    mutating func integer(_ name: String, in range: ClosedRange<Int64>, default standard: Int64?) throws(BadArgument) -> Int64? {
        guard let text = remaining.removeValue(forKey: name) else { return standard }
        guard let value = Int64(text), range.contains(value) else {
            throw BadArgument(
                sentence: "\(verb)'s \(name) is \"\(text)\": allowed is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// The number of `name`, more than `bound` and at most `limit`; nil when it is absent.
    mutating func decimal(_ name: String, above bound: Double, to limit: Double) throws(BadArgument) -> Double? {
        guard let text = remaining.removeValue(forKey: name) else { return nil }
        guard let value = Double(text), value > bound, value <= limit else {
            throw BadArgument(
                sentence: "\(verb)'s \(name) is \"\(text)\": allowed is any number above \(bound), up to \(limit)")
        }
        return value
    }

    /// Refuses what nobody asked for.
    func finish() throws(BadArgument) {
        guard let unknown = remaining.keys.sorted().first else { return }
        throw BadArgument(sentence: "\(verb) has no argument \(unknown)")
    }
}
