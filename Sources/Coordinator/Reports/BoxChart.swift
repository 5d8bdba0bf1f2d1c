public import Measures

/// Spreads over repetitions, one row each: a box from the first to the third quartile, a stroke at the median, a line
/// from the smallest to the largest value.
public struct BoxChart: Chart {
    /// One spread.
    public struct Row: Sendable, Equatable {
        /// Its name, left of it.
        public let label: String
        /// The spread; nil leaves the row empty.
        public let quartiles: Quartiles?
        /// Its colour.
        public let colour: ChartColour
        /// What it is a spread of; its name in the legend.
        public let name: String

        /// The spread called `label`.
        public init(label: String, quartiles: Quartiles?, colour: ChartColour, name: String) {
            self.label = label
            self.quartiles = quartiles
            self.colour = colour
            self.name = name
        }
    }

    /// The accessible name.
    public let title: String
    /// What is measured, with its unit.
    public let axisTitle: String
    /// Top to bottom.
    public let rows: [Row]
    /// The values that the axis covers at least; it grows with the rows.
    public let covering: ClosedRange<Double>

    /// A chart of `rows`.
    public init(title: String, axisTitle: String, rows: [Row], covering: ClosedRange<Double>) {
        self.title = title
        self.axisTitle = axisTitle
        self.rows = rows
        self.covering = covering
    }

    private static let pitch = 20.0

    public func draw(on canvas: inout Canvas) -> Double {
        var legend = Legend()
        for row in rows where row.quartiles != nil {
            legend.add(Legend.Entry(name: row.name, glyph: .area, style: "soft \(row.colour.styleClass)"))
        }
        let top = 2 + legend.draw(on: &canvas, x: 0, y: 2, width: canvas.width) + 6
        let left = (rows.map { Canvas.width(of: $0.label) }.max() ?? 0) + 10
        let axis = Axis(domain: domain, start: left, end: canvas.width - 14)
        let bottom = top + Double(rows.count) * Self.pitch
        let count = max(2, Int((axis.end - axis.start) / 60))
        for tick in axis.ticks(about: count) {
            let x = axis.position(tick)
            canvas.line(x1: x, y1: top, x2: x, y2: bottom, style: "grid")
            canvas.text(axis.label(tick, count: count), x: x, y: bottom + 14, anchor: .middle, style: "faint")
        }
        for (index, row) in rows.enumerated() {
            draw(row, on: &canvas, axis: axis, y: top + Double(index) * Self.pitch)
        }
        canvas.text(axisTitle, x: (axis.start + axis.end) / 2, y: bottom + 30, anchor: .middle)
        return bottom + 36
    }

    private var domain: ClosedRange<Double> {
        let spreads = rows.compactMap(\.quartiles)
        let lowest = spreads.map(\.minimum).filter(\.isFinite).reduce(covering.lowerBound, min)
        let highest = spreads.map(\.maximum).filter(\.isFinite).reduce(covering.upperBound, max)
        return lowest...highest
    }

    private func draw(_ row: Row, on canvas: inout Canvas, axis: Axis, y: Double) {
        canvas.text(row.label, x: axis.start - 8, y: y + 13, anchor: .end, style: "faint")
        guard let spread = row.quartiles, spread.minimum.isFinite, spread.maximum.isFinite else { return }
        let middle = y + 9
        let (lower, upper) = (axis.position(spread.lower), axis.position(spread.upper))
        canvas.line(
            x1: axis.position(spread.minimum), y1: middle, x2: axis.position(spread.maximum), y2: middle,
            style: "line \(row.colour.styleClass)")
        canvas.rectangle(
            x: lower, y: y + 3, width: max(upper - lower, 1), height: 12, style: "soft \(row.colour.styleClass)")
        let median = axis.position(spread.median)
        canvas.line(x1: median, y1: y + 2, x2: median, y2: y + 16, style: "mark")
    }
}
