/// A drawing as a value: the same chart at the same width is always the same text.
public protocol Chart: Sendable {
    /// What the drawing shows, in one sentence: its accessible name.
    var title: String { get }

    /// Draws into `canvas`, whose width is given, and returns the height used, in drawing units (CSS pixels).
    func draw(on canvas: inout Canvas) -> Double
}

extension Chart {
    /// The drawing as one `svg` element `width` CSS pixels wide, to be placed in an ``HTMLDocument``, which brings the
    /// style sheet. Widths below 280 are drawn at 280, where the labels still fit.
    public func svg(width: Int) -> String {
        element(width: width, sheet: nil)
    }

    /// The drawing as an SVG file of its own, style sheet included.
    public func standaloneSVG(width: Int) -> String {
        element(width: width, sheet: ChartStyle.sheet)
    }

    private func element(width: Int, sheet: String?) -> String {
        var canvas = Canvas(width: Double(max(width, 280)))
        let height = draw(on: &canvas)
        let size =
            "\(NumberText.shortest(canvas.width, decimals: 0)) \(NumberText.shortest(height.rounded(.up), decimals: 0))"
        var writer = MarkupWriter()
        writer.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "class": "chart", "viewBox": "0 0 \(size)", "role": "img",
                "aria-label": title,
            ]
        ) { svg in
            svg.element("title", text: title)
            if let sheet { svg.element("style", [:]) { $0.insert(markup: sheet) } }
            svg.insert(markup: canvas.markup)
        }
        return writer.text
    }
}
