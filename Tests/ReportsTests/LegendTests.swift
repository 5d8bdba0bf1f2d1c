import Testing

@testable import Reports

@Suite struct LegendTests {
    private func legend(_ names: [String]) -> Legend {
        var legend = Legend()
        for name in names { legend.add(.init(name: name, glyph: .line, style: "line c0")) }
        return legend
    }

    @Test func entriesWrapBeforeTheyWouldLeaveTheDrawing() {
        let names = ["Oracle", "Custom", "Fullmap", "Kubernetes-guided", "native Kubernetes"]
        let places = legend(names).places(in: 300)
        for (name, place) in zip(names, places) { #expect(place.x + 25 + Canvas.width(of: name) <= 300) }
        #expect(places.map(\.row) == places.map(\.row).sorted())
        #expect(places.last?.row == 1 || places.last?.row == 2)
    }

    @Test func anEntryWiderThanTheDrawingHasARowOfItsOwn() {
        let places = legend(["a", String(repeating: "x", count: 100), "b"]).places(in: 300)
        #expect(places.map(\.row) == [0, 1, 2])
    }

    @Test func theSameThingIsNamedOnce() {
        #expect(legend(["a", "b", "a"]).entries.map(\.name) == ["a", "b"])
    }
}
