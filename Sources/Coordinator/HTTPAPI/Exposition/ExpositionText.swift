/// Families of metrics in Prometheus' text format, version 0.0.4.
struct ExpositionText {
    /// What the text is called over HTTP.
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []
    private var written: Set<String> = []

    /// Adds `family` with its head. A family without a value is left out: absent is not zero. So is one of a name that
    /// stands there already, because the format allows each only once.
    mutating func add(_ family: MetricFamily) {
        switch family.values {
        case .counter(let samples): add(family, "counter", samples) { $0.addNumber(family.name, $1.labels, $1.value) }
        case .gauge(let samples): add(family, "gauge", samples) { $0.addNumber(family.name, $1.labels, $1.value) }
        case .histogram(let samples): add(family, "histogram", samples) { $0.addHistogram(family.name, $1) }
        }
    }

    private mutating func add<Sample>(
        _ family: MetricFamily, _ kind: String, _ samples: [Sample], _ addSample: (inout Self, Sample) -> Void
    ) {
        guard !samples.isEmpty, written.insert(family.name).inserted else { return }
        add("# HELP \(family.name) ")
        addEscaped(family.help, quotes: false)
        add("\n# TYPE \(family.name) \(kind)\n")
        for sample in samples { addSample(&self, sample) }
    }

    private mutating func addHistogram(_ name: String, _ sample: MetricFamily.Sample<Distribution>) {
        let count = Double(sample.value.count)
        for (bound, below) in sample.value.buckets {
            addNumber("\(name)_bucket", sample.labels + [("le", Self.number(bound))], Double(below))
        }
        addNumber("\(name)_bucket", sample.labels + [("le", "+Inf")], count)
        addNumber("\(name)_sum", sample.labels, sample.value.sum)
        addNumber("\(name)_count", sample.labels, count)
    }

    private mutating func addNumber(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
        add(name)
        for (index, label) in labels.enumerated() {
            add("\(index == 0 ? "{" : ",")\(label.name)=\"")
            addEscaped(label.value, quotes: true)
            add("\"")
        }
        add("\(labels.isEmpty ? "" : "}") \(Self.number(value))\n")
    }

    /// The number as the format reads it; whole numbers without a point as far as all of them are exact.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        guard value == value.rounded(), abs(value) < 9_007_199_254_740_992 else { return "\(value)" }
        return "\(Int64(value))"
    }

    private mutating func add(_ text: String) { bytes += text.utf8 }

    private mutating func addEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): add("\\\\")
            case UInt8(ascii: "\n"): add("\\n")
            case UInt8(ascii: "\"") where quotes: add("\\\"")
            default: bytes.append(byte)
            }
        }
    }
}
