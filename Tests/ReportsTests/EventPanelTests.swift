import Testing

@testable import Reports

@Suite struct EventPanelTests {
    private func panel(_ events: [EventPanel.Event]) -> EventPanel {
        EventPanel(
            title: "action", rows: ["move framer to w02", "no action"],
            kinds: [.init(name: "chosen", colour: .blue), .init(name: "random", colour: .blue, isHollow: true)],
            events: events)
    }

    @Test func equalEventsInSuccessionAreOneMark() {
        let runs = panel([3, 4, 5, 8].map { .init(x: $0, row: 0, kind: 0) }).runs
        #expect(runs.map(\.event.x) == [3, 8])
        #expect(runs.map(\.length) == [3, 1])
    }

    @Test func anotherRowOrKindBeginsAnotherMark() {
        let runs = panel([.init(x: 0, row: 0, kind: 0), .init(x: 1, row: 0, kind: 1), .init(x: 2, row: 1, kind: 1)])
            .runs
        #expect(runs.map(\.length) == [1, 1, 1])
    }

    @Test func eventsOfUnknownRowsOrKindsAreNotDrawn() {
        #expect(
            panel([.init(x: 0, row: 2, kind: 0), .init(x: 0, row: 0, kind: 2), .init(x: 0, row: -1, kind: 0)]).runs
                .isEmpty)
    }

    @Test func onlyKindsThatHappenedAreInTheLegend() {
        #expect(panel([.init(x: 0, row: 0, kind: 1)]).legendEntries.map(\.name) == ["random"])
    }

    @Test func marksLieAtTheirStepInBothLayouts() throws {
        let chart = TimelineChart(
            title: "t", axisTitle: "step", domain: 0...100,
            panels: [.events(panel([.init(x: 50, row: 1, kind: 0), .init(x: 51, row: 1, kind: 0)]))])
        for (width, labels) in [(900, EventPanel.Labels.beside), (300, .above)] {
            #expect(panel([]).labels(in: Double(width)) == labels)
            let elements = try #require(Elements(chart.svg(width: width)))
            let frame = try #require(elements.named("rect").first { $0.has(style: "frame") })
            let (left, top) = (try #require(frame.number("x")), try #require(frame.number("y")))
            let (across, down) = (try #require(frame.number("width")), try #require(frame.number("height")))
            let mark = try #require(elements.named("rect").last { $0.has(style: "fill") })
            #expect(abs((mark.number("x") ?? 0) - (left + across / 2)) < 0.02)
            #expect(abs((mark.number("width") ?? 0) - across / 50) < 0.02)
            #expect((mark.number("y") ?? 0) > top + down / 2)
        }
    }
}
