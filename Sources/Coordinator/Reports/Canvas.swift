/// Where charts draw: rectangles, lines, paths and text in drawing units (CSS pixels), origin at the upper left.
public struct Canvas: Sendable {
    /// The drawing's width.
    public let width: Double
    private var writer = MarkupWriter()

    init(width: Double) {
        self.width = width
    }

    /// What has been drawn.
    var markup: String { writer.text }

    /// Estimated width of `text` at the sheet's font size of 11: 0.62 em per terminal column, the average of wide
    /// sans-serif faces (DejaVu Sans) over English text rounded up, so that estimates err towards more room.
    static func width(of text: String) -> Double {
        Double(TextWidth.columns(of: text)) * 6.8
    }

    /// A rectangle; `note` is what a pointer resting on it shows.
    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, style: String, note: String? = nil
    ) {
        let frame: KeyValuePairs = [
            "class": style, "x": Self.number(x), "y": Self.number(y), "width": Self.number(max(width, 0)),
            "height": Self.number(max(height, 0)),
        ]
        guard let note else { return writer.empty("rect", frame) }
        writer.element("rect", frame) { $0.element("title", text: note) }
    }

    /// A straight line.
    mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, style: String) {
        writer.empty(
            "line",
            [
                "class": style, "x1": Self.number(x1), "y1": Self.number(y1), "x2": Self.number(x2),
                "y2": Self.number(y2),
            ])
    }

    /// A path through `points`; nil ends the piece before it, and a piece of one point is drawn as a dot.
    mutating func path(_ points: [(x: Double, y: Double)?], style: String) {
        let data = Self.pathData(points)
        guard !data.isEmpty else { return }
        writer.empty("path", ["class": style, "d": data])
    }

    /// Text with its baseline at `y`.
    mutating func text(
        _ content: String, x: Double, y: Double, anchor: Anchor = .start, style: String? = nil
    ) {
        if let style {
            writer.element(
                "text",
                ["class": style, "x": Self.number(x), "y": Self.number(y), "text-anchor": anchor.rawValue],
                text: content)
        } else {
            writer.element(
                "text", ["x": Self.number(x), "y": Self.number(y), "text-anchor": anchor.rawValue], text: content)
        }
    }

    /// Which part of a text stands at its position.
    enum Anchor: String {
        case start, middle, end
    }

    /// The SVG path data of `points` (SVG 2, 9.3), absolute coordinates to a hundredth of a pixel.
    static func pathData(_ points: [(x: Double, y: Double)?]) -> String {
        let pieces = points.split(whereSeparator: { $0 == nil }).map { $0.compactMap(\.self) }
        return pieces.map { piece in
            let corners = piece.map { "\(number($0.x)) \(number($0.y))" }
            return "M" + corners.joined(separator: "L") + (piece.count == 1 ? "h0" : "")
        }.joined()
    }

    static func number(_ value: Double) -> String {
        NumberText.shortest(value, decimals: 2)
    }
}
