import Measures
import Testing

@testable import Reports

@Suite struct BarChartTests {
    private func chart(_ values: [Double?], mark: Double? = nil) -> BarChart {
        BarChart(
            title: "served", axisTitle: "runs",
            groups: [
                .init(
                    label: "Oracle",
                    bars: [
                        .init(
                            label: "loose", segments: values.map { .init(name: "met", value: $0, colour: .green) },
                            mark: mark,
                            note: "note")
                    ])
            ], markName: "published")
    }

    private func bars(_ chart: BarChart) throws -> [Elements.Element] {
        try #require(Elements(chart.svg(width: 600))?.named("rect")).filter { $0.attributes["height"] == "14" }
    }

    @Test func segmentsLieEndToEndInProportion() throws {
        let chart = chart([30, 10])
        let bars = try bars(chart)
        let axis = chart.valueAxis(width: 600)
        #expect(bars.count == 2)
        #expect(abs((bars[0].number("x") ?? 0) - axis.position(0)) < 0.02)
        #expect(abs((bars[1].number("x") ?? 0) - axis.position(30)) < 0.02)
        #expect(abs((bars[0].number("width") ?? 0) - 3 * (bars[1].number("width") ?? 0)) < 0.05)
    }

    @Test func absentNegativeAndNotFiniteSegmentsAreNotDrawn() throws {
        #expect(try bars(chart([nil, -1, .nan, 0])).isEmpty)
    }

    @Test func theAxisReachesToTheMarkWhenItIsFurtherThanTheBar() throws {
        let chart = chart([30], mark: 60)
        let axis = chart.valueAxis(width: 600)
        #expect(axis.domain == 0...60)
        let elements = try #require(Elements(chart.svg(width: 600)))
        let mark = try #require(elements.named("line").last { $0.has(style: "mark") })
        #expect(abs((mark.number("x1") ?? 0) - axis.end) < 0.02)
    }

    @Test func noBarsIsStillADrawing() {
        #expect(Elements(BarChart(title: "t", axisTitle: "runs", groups: []).svg(width: 300)) != nil)
    }
}

@Suite struct BoxChartTests {
    @Test func theBoxSpansTheMiddleHalf() throws {
        let chart = BoxChart(
            title: "spread", axisTitle: "%",
            rows: [
                .init(label: "Oracle", quartiles: Quartiles([0, 25, 50, 75, 100]), colour: .blue, name: "loose"),
                .init(label: "none", quartiles: nil, colour: .blue, name: "loose"),
            ], covering: 0...100)
        let elements = try #require(Elements(chart.svg(width: 600)))
        let box = try #require(elements.named("rect").last { $0.has(style: "soft") })
        let line = try #require(elements.named("line").first { $0.has(style: "line") })
        let median = try #require(elements.named("line").first { $0.has(style: "mark") })
        let (start, end) = (try #require(line.number("x1")), try #require(line.number("x2")))
        #expect(abs((box.number("x") ?? 0) - (start + (end - start) / 4)) < 0.02)
        #expect(abs((box.number("width") ?? 0) - (end - start) / 2) < 0.02)
        #expect(abs((median.number("x1") ?? 0) - (start + end) / 2) < 0.02)
        #expect(elements.named("line").filter { $0.has(style: "mark") }.count == 1)
    }
}
