import Measures
import Testing

@testable import HTTPAPI

@Suite("Prometheus' text format")
struct ExpositionTextTests {
    private func text(_ families: MetricFamily...) -> String {
        var text = ExpositionText()
        for family in families { text.add(family) }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test func `a family stands with its help and its kind above its values`() {
        let family = MetricFamily.counter(
            "reeve_things_total", "Things.",
            by: [.init(labels: [("kind", "a"), ("node", "w01")], value: 3), .init(labels: [("kind", "b")], value: 0.5)])
        #expect(
            text(family) == """
                # HELP reeve_things_total Things.
                # TYPE reeve_things_total counter
                reeve_things_total{kind="a",node="w01"} 3
                reeve_things_total{kind="b"} 0.5

                """)
    }

    @Test func `labels and help are escaped, each in its own way`() {
        let family = MetricFamily.gauge("g", "a \"b\" \\ c\nd", by: [.init(labels: [("l", "a \"b\" \\ c\nd")], value: 1)])
        #expect(
            text(family) == #"""
                # HELP g a "b" \\ c\nd
                # TYPE g gauge
                g{l="a \"b\" \\ c\nd"} 1

                """#)
    }

    @Test func `a histogram counts up to each bound, and ends with everything`() {
        var histogram = Histogram(bounds: [1, 0.5, .infinity])
        for value in [0.5, 0.6, 1, 7, .nan] { histogram.record(value) }
        #expect(
            text(.histogram("h", "H.", by: [.init(labels: [("w", "v")], value: Distribution(histogram))])) == """
                # HELP h H.
                # TYPE h histogram
                h_bucket{w="v",le="0.5"} 1
                h_bucket{w="v",le="1"} 3
                h_bucket{w="v",le="+Inf"} 4
                h_sum{w="v"} 9.1
                h_count{w="v"} 4

                """)
    }

    @Test func `a family without a value, and one of a name that is taken, are left out`() {
        #expect(text(.gauge("a", "A.", nil), .counter("b", "B.", by: [])) == "")
        #expect(text(.gauge("a", "A.", 1), .counter("a", "Another.", 2)) == text(.gauge("a", "A.", 1)))
    }

    @Test(arguments: [(1e15, "1000000000000000"), (1e300, "1e+300"), (-0.25, "-0.25"), (.infinity, "+Inf"), (.nan, "NaN")])
    func `numbers are written as the format reads them`(value: Double, written: String) {
        #expect(text(.gauge("g", "G.", value)).hasSuffix("g \(written)\n"))
    }

    @Test(arguments: [("reeve_a1", true), ("1a", false), ("", false), ("a-b", false), ("a b", false), ("ä", false)])
    func `names are letters, digits and underscores`(name: String, isOne: Bool) {
        #expect(MetricFamily.isName(name) == isOne)
    }
}
