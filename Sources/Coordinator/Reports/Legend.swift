/// The key of a chart: what each glyph stands for, set in rows above the drawing.
struct Legend: Equatable {
    /// One entry.
    struct Entry: Equatable {
        /// How the entry is drawn in the chart.
        enum Glyph: Equatable {
            case line, area, tick
        }

        let name: String
        let glyph: Glyph
        /// The style classes of the thing itself.
        let style: String
    }

    /// The height of one row.
    static let rowHeight = 17.0
    private static let glyphWidth = 20.0
    private static let gap = 14.0

    /// The entries in the order of drawing, the same thing named once.
    private(set) var entries: [Entry] = []

    /// Adds `entry` unless it is there already.
    mutating func add(_ entry: Entry) {
        if !entries.contains(entry) { entries.append(entry) }
    }

    /// Where each entry goes in `width`: its row and the distance from the left.
    func places(in width: Double) -> [(row: Int, x: Double)] {
        var row = 0
        var x = 0.0
        return entries.map { entry in
            let needed = Self.glyphWidth + 5 + Canvas.width(of: entry.name)
            if x > 0, x + needed > width {
                row += 1
                x = 0
            }
            defer { x += needed + Self.gap }
            return (row, x)
        }
    }

    /// Draws the entries from (`x`, `y`) in `width` and returns the height used; 0 without entries.
    func draw(on canvas: inout Canvas, x: Double, y: Double, width: Double) -> Double {
        let places = places(in: width)
        for (entry, place) in zip(entries, places) {
            let left = x + place.x
            let middle = y + Double(place.row) * Self.rowHeight + 8
            switch entry.glyph {
            case .line:
                canvas.line(x1: left, y1: middle, x2: left + Self.glyphWidth, y2: middle, style: entry.style)
            case .area:
                canvas.rectangle(x: left + 4, y: middle - 5, width: 12, height: 10, style: entry.style)
            case .tick:
                canvas.line(x1: left + 10, y1: middle - 7, x2: left + 10, y2: middle + 7, style: entry.style)
            }
            canvas.text(entry.name, x: left + Self.glyphWidth + 5, y: middle + 4)
        }
        return places.last.map { Double($0.row + 1) * Self.rowHeight } ?? 0
    }
}
