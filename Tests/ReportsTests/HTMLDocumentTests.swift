import Measures
import Testing

@testable import Reports

@Suite struct HTMLDocumentTests {
    private static let hostile = "<script>alert('x')</script> & \"quoted\" \u{0} ]]> %"

    /// One of everything, each text hostile.
    private func document(_ text: String = hostile) -> HTMLDocument {
        let bars = BarChart(
            title: text, axisTitle: text,
            groups: [
                .init(label: text, bars: [.init(label: text, segments: [.init(name: text, value: 1, colour: .blue)])])
            ],
            markName: text)
        let timeline = TimelineChart(
            title: text, axisTitle: text, domain: 0...10, bands: [.init(0..<10, label: text)],
            panels: [
                .lines(
                    LinePanel(
                        title: text, series: [.init(name: text, points: [.init(1, 1)], colour: .blue)],
                        goals: [.init(1, label: text)])),
                .stack(
                    StackPanel(
                        title: text, unit: text,
                        layers: [.init(name: text, colour: .sky, stretches: [.init(0..<5, value: 50)])], ceiling: 100)),
                .events(
                    EventPanel(
                        title: text, rows: [text], kinds: [.init(name: text, colour: .blue)],
                        events: [.init(x: 1, row: 0, kind: 0)])),
            ])
        let boxes = BoxChart(
            title: text, axisTitle: text,
            rows: [.init(label: text, quartiles: Quartiles([1, 2]), colour: .blue, name: text)], covering: 0...1)
        return HTMLDocument(
            title: text, subtitle: text,
            sections: [
                HTMLSection(
                    text,
                    [
                        .paragraph(text), .list([text]), .facts([(text, text)]),
                        .table(TextTable(columns: [.init(text)], rows: [[TextTable.Cell(text, .bad)]]), caption: text),
                        .figure(bars, caption: text), .figure(timeline, caption: text), .figure(boxes, caption: text),
                    ])
            ])
    }

    @Test func thePageIsWellFormedAndNoTextBecomesMarkup() throws {
        let elements = try #require(Elements(document().html()))
        #expect(elements.named("script").isEmpty)
        // As wide, so that the drawings are laid out alike.
        let harmless = String(repeating: "x", count: TextWidth.columns(of: Self.hostile))
        #expect(elements.all.map(\.name) == Elements(document(harmless).html())?.all.map(\.name))
        #expect(elements.texts.contains("<script>alert('x')</script> & \"quoted\" \u{fffd} ]]> %"))
    }

    @Test func showingThePageSendsNoRequestAnywhere() throws {
        let page = document().html()
        let withoutNamespace = page.replacing("http://www.w3.org/2000/svg", with: "")
        for scheme in ["http:", "https:", "//", "url(", "@import", "data:", "ftp:"] {
            #expect(!withoutNamespace.contains(scheme), "the page holds \(scheme)")
        }
        let elements = try #require(Elements(page))
        let loading = ["link", "script", "img", "iframe", "object", "embed", "audio", "video", "image", "use", "a"]
        #expect(elements.all.filter { loading.contains($0.name) }.isEmpty)
        #expect(
            elements.all.filter { !Set($0.attributes.keys).isDisjoint(with: ["src", "href", "xlink:href"]) }.isEmpty)
        let policy = elements.named("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        #expect(policy?.attributes["content"]?.hasPrefix("default-src 'none'") == true)
    }

    @Test func emptyElementsAreOnlyThoseThatHTMLAndSVGKnowAsSuch() {
        let allowed: Set<String> = ["meta", "rect", "line", "path"]
        let names = document().html().matches(of: /<([a-z]+)(?:\s[^<>]*)?\/>/).map { String($0.output.1) }
        #expect(!names.isEmpty)
        #expect(Set(names).isSubset(of: allowed))
    }

    @Test func everyDrawingIsThereForADeskAndForAPhone() throws {
        let elements = try #require(Elements(document().html()))
        let widths = elements.named("svg").compactMap { $0.attributes["viewBox"]?.split(separator: " ")[2] }
        #expect(widths == ["900", "340", "900", "340", "900", "340"])
    }

    @Test func theSameDocumentIsTheSameText() {
        #expect(document().html() == document().html())
    }

    @Test func percentSignsStayWithTheirNumbers() {
        let page = HTMLDocument(title: "t", subtitle: "s", sections: [HTMLSection("h", [.paragraph("34 % of runs")])])
        #expect(page.html().contains("<p>34\u{a0}% of runs</p>"))
    }

    @Test func aDrawingOfItsOwnBringsItsStyle() {
        let chart = BarChart(title: "t", axisTitle: "runs", groups: [])
        #expect(Elements(chart.standaloneSVG(width: 300))?.named("style").count == 1)
        #expect(Elements(chart.svg(width: 300))?.named("style").isEmpty == true)
    }

    @Test func forbiddenCharactersAreReplaced() {
        #expect(MarkupWriter.escaped("a\u{1}\u{fffe}\tb\n") == "a\u{fffd}\u{fffd}\tb\n")
    }
}
