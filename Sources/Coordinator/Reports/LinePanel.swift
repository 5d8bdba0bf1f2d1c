/// Values as lines over the chart's horizontal axis.
public struct LinePanel: Sendable, Equatable {
    /// One value on the way; an absent or not finite `y` interrupts the line.
    public struct Point: Sendable, Equatable {
        /// Place on the horizontal axis.
        public let x: Double
        /// The value there, if there is one.
        public let y: Double?

        /// The value `y` at `x`.
        public init(_ x: Double, _ y: Double?) {
            self.x = x
            self.y = y
        }
    }

    /// How a line is stroked: the second mark, beside colour, by which lines are told apart.
    public enum Stroke: String, Sendable, Equatable {
        case solid, dashed, dotted
    }

    /// One line.
    public struct Series: Sendable, Equatable {
        /// Its name in the legend; an empty name stays out of it.
        public let name: String
        /// Its points, left to right.
        public let points: [Point]
        /// Its colour.
        public let colour: ChartColour
        /// Its stroke.
        public let stroke: Stroke

        /// The line called `name` through `points`.
        public init(name: String, points: [Point], colour: ChartColour, stroke: Stroke = .solid) {
            self.name = name
            self.points = points
            self.colour = colour
            self.stroke = stroke
        }

        var style: String { "line \(colour.styleClass) \(stroke.rawValue)" }
    }

    /// A value that the lines are held against.
    public struct Goal: Sendable, Equatable {
        /// Where the horizontal line lies.
        public let value: Double
        /// What it means, written at the line's end.
        public let label: String

        /// The line at `value`, called `label`.
        public init(_ value: Double, label: String) {
            self.value = value
            self.label = label
        }
    }

    /// What the vertical axis shows, with its unit; written above the panel.
    public let title: String
    /// The lines, the first at the bottom.
    public let series: [Series]
    /// The horizontal lines.
    public let goals: [Goal]
    /// Values that the vertical axis covers at least; it grows with what is drawn.
    public let covering: ClosedRange<Double>?
    /// The plot's height in CSS pixels.
    public let height: Double

    /// A panel of `series`.
    public init(
        title: String, series: [Series], goals: [Goal] = [], covering: ClosedRange<Double>? = nil, height: Double = 180
    ) {
        self.title = title
        self.series = series
        self.goals = goals
        self.covering = covering
        self.height = height
    }

    private var tickCount: Int { max(2, Int(height / 30)) }

    /// The values from the bottom to the top of the panel; nil when there is nothing to draw.
    var valueDomain: ClosedRange<Double>? {
        var values = series.flatMap(\.points).compactMap(\.y).filter(\.isFinite)
        values += goals.map(\.value)
        if let covering { values += [covering.lowerBound, covering.upperBound] }
        guard let lowest = values.min(), let highest = values.max() else { return nil }
        // Finer than the ticks: a domain widened to the ticks themselves can be half empty.
        return Axis.widened(lowest...highest, count: 2 * tickCount)
    }

    func valueAxis(top: Double, bottom: Double) -> Axis? {
        valueDomain.map { Axis(domain: $0, start: bottom, end: top) }
    }

    var labelWidth: Double {
        guard let axis = valueAxis(top: 0, bottom: 1) else { return 0 }
        let labels = axis.ticks(about: tickCount).map { Canvas.width(of: axis.label($0, count: tickCount)) }
        return labels.max() ?? 0
    }

    var legendEntries: [Legend.Entry] {
        series.filter { !$0.name.isEmpty }.map { Legend.Entry(name: $0.name, glyph: .line, style: $0.style) }
    }

    func draw(on canvas: inout Canvas, plot: PlotArea) {
        let horizontal = plot.axis
        guard let axis = valueAxis(top: plot.top, bottom: plot.bottom) else {
            canvas.text(
                "no data", x: (horizontal.start + horizontal.end) / 2, y: (plot.top + plot.bottom) / 2 + 4,
                anchor: .middle, style: "faint")
            return
        }
        for tick in axis.ticks(about: tickCount) {
            let y = axis.position(tick)
            canvas.line(x1: horizontal.start, y1: y, x2: horizontal.end, y2: y, style: "grid")
            canvas.text(
                axis.label(tick, count: tickCount), x: horizontal.start - 5, y: y + 4, anchor: .end, style: "faint")
        }
        for line in series {
            canvas.path(line.points.map { place($0, horizontal, axis) }, style: line.style)
        }
        for goal in goals {
            let y = axis.position(goal.value)
            canvas.line(x1: horizontal.start, y1: y, x2: horizontal.end, y2: y, style: "goal")
            let baseline = y - plot.top < 16 ? y + 13 : y - 4
            canvas.text(goal.label, x: horizontal.end - 4, y: baseline, anchor: .end, style: "halo")
        }
    }

    private func place(_ point: Point, _ horizontal: Axis, _ vertical: Axis) -> (x: Double, y: Double)? {
        guard let y = point.y, y.isFinite, horizontal.domain.contains(point.x) else { return nil }
        return (horizontal.position(point.x), vertical.position(y))
    }
}
