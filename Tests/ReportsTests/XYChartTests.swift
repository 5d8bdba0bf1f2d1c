import Testing

@testable import Reports

@Suite struct XYChartTests {
    private func chart(
        _ points: [(x: Double, y: Double)], x: AxisScale = .linear, y: AxisScale = .linear, mark: XYChart.Mark = .dots,
        goals: [LinePanel.Goal] = []
    ) -> XYChart {
        XYChart(
            title: "t", x: .init("across", scale: x), y: .init("along", scale: y),
            series: [.init(name: "calls", points: points, colour: .blue, mark: mark)], goals: goals)
    }

    private func path(_ chart: XYChart, style: String) throws -> String {
        let elements = try #require(Elements(chart.svg(width: 600)))
        return try #require(elements.named("path").first { $0.has(style: style) }?.attributes["d"])
    }

    @Test func everyDotIsAPieceOfItsOwn() throws {
        let data = try path(chart([(1, 1), (2, 4), (3, 9)]), style: "dots")
        #expect(data.filter { $0 == "M" }.count == 3)
        #expect(!data.contains("L"))
    }

    @Test func aLineIsOnePieceInterruptedWhereThereIsNoValue() throws {
        let whole = try path(chart([(1, 1), (2, 4), (3, 9)], mark: .line(.solid)), style: "line")
        #expect(whole.filter { $0 == "M" }.count == 1)
        let broken = try path(chart([(1, 1), (2, 4), (3, .nan), (4, 2), (5, 3)], mark: .line(.dashed)), style: "dashed")
        #expect(broken.filter { $0 == "M" }.count == 2)
    }

    @Test func equalRatiosAreEquallyLongOnALogarithmicAxis() throws {
        let axis = ScaledAxis(.logarithmic, domain: 0.01...100, start: 0, end: 400)
        for (value, place) in [(0.01, 0.0), (0.1, 100), (1, 200), (10, 300), (100, 400)] {
            #expect(abs(try #require(axis.position(value)) - place) < 1e-9)
        }
        #expect(axis.position(0) == nil)
        #expect(axis.position(-1) == nil)
        #expect(axis.position(1_000) == nil)
    }

    @Test func logarithmicTicksArePowersOfTenAndPartsOfThemWhereThereIsRoom() {
        let wide = ScaledAxis(.logarithmic, domain: 1e-3...1e4, start: 0, end: 1)
        #expect(wide.ticks(about: 10).map(\.label) == ["0.001", "0.01", "0.1", "1", "10", "100", "1000", "10000"])
        let narrow = ScaledAxis(.logarithmic, domain: 0.4...6, start: 0, end: 1)
        #expect(narrow.ticks(about: 10).map(\.label) == ["0.5", "1", "2", "5"])
        let crowded = ScaledAxis(.logarithmic, domain: 1e-6...1e6, start: 0, end: 1)
        #expect(crowded.ticks(about: 4).count <= 5)
    }

    @Test func valuesWithoutAPlaceOnALogarithmicAxisAreNotDrawn() throws {
        let data = try path(chart([(0, 1), (-5, 1), (1, 1), (10, 1)], x: .logarithmic), style: "dots")
        #expect(data.filter { $0 == "M" }.count == 2)
    }

    @Test func anAxisCoversGoalsAndSaysWhatTheyAre() throws {
        let elements = try #require(Elements(chart([(1, 1), (2, 2)], goals: [.init(9, label: "limit")]).svg(width: 600)))
        #expect(elements.named("line").contains { $0.has(style: "goal") })
        #expect(elements.texts.contains("limit"))
        #expect(elements.texts.contains("calls"))
    }

    @Test func noPointsIsStillADrawing() throws {
        let elements = try #require(Elements(chart([], x: .logarithmic).svg(width: 300)))
        #expect(elements.texts.contains("no data"))
    }
}
