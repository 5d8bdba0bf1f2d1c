/// Whether a step is taken: a test of one place in its input. A place that is not there is neither equal to anything
/// nor above or below anything.
public struct StepCondition: Hashable, Sendable {
    /// What is asked of the place.
    public enum Test: Hashable, Sendable {
        /// It is this text, this number as written, or this truth value.
        case equals(String)
        /// It is not that, or not there.
        case differs(String)
        /// It is a number greater than this, or an array of more elements.
        case above(Double)
        /// It is a number less than this, or an array of fewer elements.
        case below(Double)
        /// It is there and not null, or else is not.
        case present(Bool)
    }

    /// The place.
    public let place: JSONPointer
    /// What is asked of it.
    public let test: Test

    /// A condition as described.
    public init(_ place: JSONPointer, _ test: Test) {
        self.place = place
        self.test = test
    }

    /// Whether `input` passes.
    func holds(for input: JSONValue) -> Bool {
        let found = place.find(in: input)
        return switch test {
        case .equals(let text): found?.equals(text) ?? false
        case .differs(let text): !(found?.equals(text) ?? false)
        case .above(let bound): (found?.magnitude).map { $0 > bound } ?? false
        case .below(let bound): (found?.magnitude).map { $0 < bound } ?? false
        case .present(let wanted): (found ?? .null != .null) == wanted
        }
    }
}

extension JSONValue {
    fileprivate func equals(_ text: String) -> Bool {
        switch self {
        case .string(let value): value == text
        case .boolean(let value): "\(value)" == text
        case .integer(let value): Double(value) == Double(text)
        case .number(let value): value == Double(text)
        case .null: text == "null"
        case .array, .object: false
        }
    }

    /// The number, or how many elements an array has.
    fileprivate var magnitude: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .array(let elements): Double(elements.count)
        default: nil
        }
    }
}
