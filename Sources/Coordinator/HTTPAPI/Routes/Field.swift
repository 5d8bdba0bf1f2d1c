import ControlAPI

/// One value that a request may bring along: in the path, the query or the body.
struct Field: Sendable {
    /// What values are allowed.
    enum Kind: Sendable {
        /// Any text of at most so many characters, counted as Unicode scalars, as JSON Schema does.
        case text(most: Int)
        /// So many hexadecimal digits.
        case hexadecimal(ClosedRange<Int>)
        case integer(ClosedRange<Int64>)
        case number(ClosedRange<Double>)
        case choice([String])
        /// The address of a worker; which ones can be used is the router's to say.
        case workerURL
        /// A list of names, none of which has a comma.
        case names(most: Int)
        /// A moment as `HistoryMoment` reads it.
        case moment
    }

    private static let longestURL = 300

    let name: String
    let kind: Kind
    let isRequired: Bool
    /// One sentence.
    let summary: String

    init(_ name: String, _ kind: Kind, required isRequired: Bool = false, _ summary: String) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.summary = summary
    }

    /// The argument that `text`, from a path or a query, stands for. Throws `Problem` when it is not allowed.
    func argument(text: String) throws(Problem) -> String {
        switch kind {
        case .text(let most):
            guard text.unicodeScalars.count <= most else { throw refused("longer") }
            return text
        case .hexadecimal(let lengths):
            guard lengths.contains(text.utf8.count), text.utf8.allSatisfy(Self.isDigit) else { throw refused(text) }
            return text
        case .integer(let range):
            guard let value = Int64(text), range.contains(value) else { throw refused(text) }
            return "\(value)"
        case .number(let range):
            guard let value = Double(text), range.contains(value) else { throw refused(text) }
            return "\(value)"
        case .choice(let choices):
            guard choices.contains(text) else { throw refused(text) }
            return text
        case .workerURL:
            guard text.utf8.count <= Self.longestURL else { throw refused("longer") }
            return text
        case .moment:
            guard HistoryMoment.unixSeconds(text, now: 0) != nil else { throw refused(text) }
            return text
        case .names:
            // By scalars: what stands behind a comma may join it into one character.
            return try argument(
                names: text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map { String($0) })
        }
    }

    /// The argument that `value`, from a body, stands for. Throws `Problem` when it is not allowed.
    func argument(_ value: JSONValue) throws(Problem) -> String {
        switch (kind, value) {
        case (.text, .string(let text)), (.hexadecimal, .string(let text)), (.choice, .string(let text)),
            (.workerURL, .string(let text)), (.moment, .string(let text)):
            return try argument(text: text)
        case (.integer, .integer(let number)): return try argument(text: "\(number)")
        case (.number, .integer(let number)): return try argument(text: "\(number)")
        case (.number, .number(let number)): return try argument(text: "\(number)")
        case (.names, .array(let elements)):
            var names: [String] = []
            for element in elements {
                guard case .string(let name) = element else { throw refused("a list with something else than texts") }
                names.append(name)
            }
            return try argument(names: names)
        default: throw refused("no \(allowed)")
        }
    }

    private func argument(names: [String]) throws(Problem) -> String {
        guard case .names(let most) = kind, (1...most).contains(names.count),
            names.allSatisfy({ !$0.isEmpty && $0.unicodeScalars.count <= 253 && !$0.unicodeScalars.contains(",") })
        else { throw refused("no such list") }
        return names.joined(separator: ",")
    }

    private func refused(_ given: String) -> Problem {
        .badRequest("\(name) is \(given.prefix(100)): allowed is \(allowed)")
    }

    private var allowed: String {
        switch kind {
        case .text(let most): "a text of at most \(most) characters"
        case .hexadecimal(let lengths):
            lengths.count == 1
                ? "a text of \(lengths.lowerBound) hexadecimal digits"
                : "a text of \(lengths.lowerBound) to \(lengths.upperBound) hexadecimal digits"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let choices): "one of the texts \(choices.joined(separator: ", "))"
        case .workerURL: "http://HOST:PORT of at most \(Self.longestURL) characters"
        case .moment: HistoryMoment.allowed
        case .names(let most): "a list of 1 to \(most) names of 1 to 253 characters without a comma"
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
