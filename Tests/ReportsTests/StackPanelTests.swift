import Testing

@testable import Reports

@Suite struct StackPanelTests {
    private func panel(_ layers: [[StackPanel.Stretch]]) -> StackPanel {
        let colours: [ChartColour] = [.ochre, .sky, .purple]
        return StackPanel(
            title: "w01", unit: "%",
            layers: layers.enumerated().map { .init(name: "\($0)", colour: colours[$0], stretches: $1) }, ceiling: 100)
    }

    @Test func oneLayerIsItsStretches() {
        #expect(
            panel([[.init(0..<100, value: 25), .init(100..<200, value: 50)]]).blocks == [
                .init(layer: 0, range: 0..<100, bottom: 0, value: 25),
                .init(layer: 0, range: 100..<200, bottom: 0, value: 50),
            ])
    }

    @Test func anUpperLayerMovesWhereTheLowerOneBeginsAndEnds() {
        #expect(
            panel([[.init(10..<20, value: 50)], [.init(0..<30, value: 25)]]).blocks == [
                .init(layer: 1, range: 0..<10, bottom: 0, value: 25),
                .init(layer: 0, range: 10..<20, bottom: 0, value: 50),
                .init(layer: 1, range: 10..<20, bottom: 50, value: 25),
                .init(layer: 1, range: 20..<30, bottom: 0, value: 25),
            ])
    }

    @Test func aLowerLayerIsNotCutByWhatLiesOnIt() {
        let blocks = panel([[.init(0..<30, value: 50)], [.init(10..<20, value: 25)]]).blocks
        #expect(blocks.filter { $0.layer == 0 } == [.init(layer: 0, range: 0..<30, bottom: 0, value: 50)])
    }

    @Test func zeroNegativeAndNotFiniteValuesAreNotDrawn() {
        #expect(panel([[.init(0..<1, value: 0), .init(1..<2, value: -5), .init(2..<3, value: .nan)]]).blocks.isEmpty)
    }

    @Test func blocksAreAsHighAsTheirValue() throws {
        let chart = TimelineChart(
            title: "t", axisTitle: "step", domain: 0...200,
            panels: [.stack(panel([[.init(0..<100, value: 25)], [.init(0..<100, value: 50)]]))])
        let elements = try #require(Elements(chart.svg(width: 600)))
        let frame = try #require(elements.named("rect").first { $0.has(style: "frame") })
        let blocks = elements.named("rect").filter {
            $0.has(style: "soft") && $0.number("y") ?? 0 >= frame.number("y") ?? 0
        }
        let height = try #require(frame.number("height"))
        #expect(blocks.compactMap { $0.number("height") } == [height / 4, height / 2])
        #expect(
            blocks.compactMap { $0.number("width") } == Array(repeating: (frame.number("width") ?? 0) / 2, count: 2))
    }
}
