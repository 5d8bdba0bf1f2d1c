/// One line of a function's files that says something of packages.
public struct HintLine: Hashable, Sendable {
    /// What the line says.
    public enum Reading: Hashable, Sendable {
        /// The function needs these, in this order.
        case packages([String])
        /// It may need more than is read here; the sentence says why that is passed over.
        case passedOver(String)
        /// The line is no requirement; the sentence says what is allowed.
        case malformed(String)
    }

    /// The line in its file, counted from 1; where a line goes on in the next, the first of them.
    public let number: Int
    /// What it says.
    public let reading: Reading

    /// Line `number`, read as `reading`.
    init(_ number: Int, _ reading: Reading) {
        self.number = number
        self.reading = reading
    }

    /// The packages that the line names.
    var packages: [String] {
        if case .packages(let names) = reading { names } else { [] }
    }
}
