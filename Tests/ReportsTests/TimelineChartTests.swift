import Testing

@testable import Reports

@Suite struct TimelineChartTests {
    private func chart(_ points: [LinePanel.Point], covering: ClosedRange<Double>? = 0...2) -> TimelineChart {
        TimelineChart(
            title: "quotient", axisTitle: "step", domain: 0...10,
            bands: [.init(0..<5, label: "one"), .init(5..<10, label: "two")],
            panels: [
                .lines(
                    LinePanel(
                        title: "La/Lt", series: [.init(name: "Oracle", points: points, colour: .blue)],
                        goals: [.init(1, label: "target")], covering: covering))
            ])
    }

    private func paths(_ chart: TimelineChart) throws -> [String] {
        let elements = try #require(Elements(chart.svg(width: 600)))
        return elements.named("path").compactMap { $0.attributes["d"] }
    }

    @Test func pointsLieWhereTheAxesSay() throws {
        let elements = try #require(Elements(chart([.init(0, 0), .init(5, 1), .init(10, 2)]).svg(width: 600)))
        let frame = try #require(elements.named("rect").first { $0.has(style: "frame") })
        let (x, y) = (try #require(frame.number("x")), try #require(frame.number("y")))
        let (width, height) = (try #require(frame.number("width")), try #require(frame.number("height")))
        let data = try #require(elements.named("path").first?.attributes["d"])
        let numbers = data.split { "ML ".contains($0) }.compactMap { Double($0) }
        let expected = [x, y + height, x + width / 2, y + height / 2, x + width, y]
        #expect(numbers.count == 6)
        for (number, value) in zip(numbers, expected) { #expect(abs(number - value) < 0.02) }
        let goal = try #require(elements.named("line").first { $0.has(style: "goal") && $0.number("x2") == x + width })
        #expect(abs((goal.number("y1") ?? 0) - (y + height / 2)) < 0.02)
    }

    @Test func absentAndNotFiniteValuesBreakTheLineInsteadOfDrawingZero() throws {
        let values: [Double?] = [1, 1, nil, 1, .nan, 1, 1]
        let drawn = try paths(chart(values.enumerated().map { .init(Double($0), $1) }))
        let data = try #require(drawn.first)
        let pieces = data.split(separator: "M")
        #expect(pieces.count == 3)
        #expect(pieces[1].hasSuffix("h0"))
        let heights = Set(data.split { "MLh".contains($0) }.compactMap { $0.split(separator: " ").dropFirst().first })
        #expect(heights.count == 1)
    }

    @Test func aLineWithoutAnyValueIsNotDrawn() throws {
        #expect(try paths(chart([.init(0, nil), .init(1, .infinity)])).isEmpty)
    }

    @Test func aPanelWithoutValuesSaysSo() throws {
        let empty = TimelineChart(
            title: "t", axisTitle: "step", domain: 0...1,
            panels: [.lines(LinePanel(title: "x", series: [.init(name: "a", points: [], colour: .blue)]))])
        #expect(Elements(empty.svg(width: 600))?.texts.contains("no data") == true)
    }

    @Test func pointsOutsideTheHorizontalAxisAreNotDrawn() throws {
        #expect(try paths(chart([.init(-1, 1), .init(11, 1)])).isEmpty)
    }

    @Test func theVerticalAxisCoversAllValuesGoalsAndTheRangeAskedFor() throws {
        let panel = LinePanel(
            title: "", series: [.init(name: "", points: [.init(0, 3.4)], colour: .blue)],
            goals: [.init(-1, label: "g")],
            covering: 0...2)
        let domain = try #require(panel.valueDomain)
        #expect(domain.contains(3.4) && domain.contains(-1))
    }

    @Test func everySecondBandIsShadedOverItsSteps() throws {
        let elements = try #require(Elements(chart([.init(0, 1)]).svg(width: 600)))
        let frame = try #require(elements.named("rect").first { $0.has(style: "frame") })
        let bands = elements.named("rect").filter { $0.has(style: "band") }
        #expect(bands.count == 1)
        #expect(bands[0].number("x") == frame.number("x"))
        #expect(abs((bands[0].number("width") ?? 0) - (frame.number("width") ?? 0) / 2) < 0.02)
        #expect(elements.texts.contains("one") && elements.texts.contains("two"))
    }

    @Test func aBandTooNarrowForItsNameGoesUnlabelled() throws {
        let narrow = TimelineChart(
            title: "t", axisTitle: "step", domain: 0...1000, bands: [.init(0..<3, label: "squeezed")],
            panels: [.lines(LinePanel(title: "x", series: [], covering: 0...1))])
        let markup = narrow.svg(width: 600)
        // Once, as what a pointer resting on the band shows.
        #expect(markup.ranges(of: "squeezed").count == 1)
        #expect(markup.contains("<title>squeezed</title>"))
    }

    @Test func theSameChartIsTheSameText() {
        let points = (0..<10).map { LinePanel.Point(Double($0), Double($0).squareRoot()) }
        #expect(chart(points).svg(width: 500) == chart(points).svg(width: 500))
    }

    @Test func theDrawingHasANameForThoseWhoCannotSeeIt() throws {
        let root = try #require(Elements(chart([]).svg(width: 600))?.all.first)
        #expect(root.attributes["role"] == "img")
        #expect(root.attributes["aria-label"] == "quotient")
    }

    @Test func nothingIsDrawnBesideThePage() throws {
        for width in [300, 340, 600, 900] {
            let elements = try #require(Elements(chart([.init(0, 0), .init(10, 2)]).svg(width: width)))
            let view = try #require(elements.all.first?.attributes["viewBox"]).split(separator: " ").compactMap {
                Double($0)
            }
            #expect(view[2] == Double(width))
            for rectangle in elements.named("rect") {
                #expect((rectangle.number("x") ?? -1) >= 0)
                #expect((rectangle.number("x") ?? 0) + (rectangle.number("width") ?? 0) <= view[2])
                #expect((rectangle.number("y") ?? 0) + (rectangle.number("height") ?? 0) <= view[3])
            }
        }
    }
}
