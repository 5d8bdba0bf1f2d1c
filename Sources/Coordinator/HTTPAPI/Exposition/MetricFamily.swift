/// One metric with everything that is shown of it: a name, what it is, and its values by labels.
struct MetricFamily: Sendable {
    /// The values; what kind of metric it is follows from them.
    enum Values: Sendable {
        /// What only rises while the process lives.
        case counter([Sample<Double>])
        /// What rises and falls.
        case gauge([Sample<Double>])
        /// How values are distributed.
        case histogram([Sample<Distribution>])
    }

    /// One value under its labels.
    struct Sample<Value: Sendable>: Sendable {
        /// Names with values, in the order in which they are written; each name once.
        var labels: [(name: String, value: String)]
        var value: Value
    }

    /// Lower-case words joined by underscores: "reeve_", what it is, the base unit, and "_total" where it only rises.
    var name: String
    /// One sentence.
    var help: String
    var values: Values

    /// A counter without labels, or none where there is no value.
    static func counter(_ name: String, _ help: String, _ value: Double?) -> MetricFamily {
        MetricFamily(name: name, help: help, values: .counter(value.map { [Sample(labels: [], value: $0)] } ?? []))
    }

    /// A counter with labels.
    static func counter(_ name: String, _ help: String, by samples: [Sample<Double>]) -> MetricFamily {
        MetricFamily(name: name, help: help, values: .counter(samples))
    }

    /// A gauge without labels, or none where there is no value.
    static func gauge(_ name: String, _ help: String, _ value: Double?) -> MetricFamily {
        MetricFamily(name: name, help: help, values: .gauge(value.map { [Sample(labels: [], value: $0)] } ?? []))
    }

    /// A gauge with labels.
    static func gauge(_ name: String, _ help: String, by samples: [Sample<Double>]) -> MetricFamily {
        MetricFamily(name: name, help: help, values: .gauge(samples))
    }

    /// A histogram with labels.
    static func histogram(_ name: String, _ help: String, by samples: [Sample<Distribution>]) -> MetricFamily {
        MetricFamily(name: name, help: help, values: .histogram(samples))
    }

    /// Whether `name` may stand in the text: the format's letters, digits and underscores, not beginning with a digit.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
