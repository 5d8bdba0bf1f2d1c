/// Values over values, as lines or as dots, on linear or logarithmic axes.
public struct XYChart: Chart {
    /// How a series is drawn.
    public enum Mark: Sendable, Equatable {
        /// Its points are joined, in their order.
        case line(LinePanel.Stroke)
        /// Each point is a dot.
        case dots
    }

    /// Points that belong together.
    public struct Series: Sendable, Equatable {
        /// Its name in the legend; an empty name stays out of it.
        public let name: String
        /// Its points; those that are not finite or off the axes are not drawn and interrupt a line.
        public let points: [(x: Double, y: Double)]
        /// Its colour.
        public let colour: ChartColour
        /// How it is drawn.
        public let mark: Mark

        /// The series called `name`.
        public init(name: String, points: [(x: Double, y: Double)], colour: ChartColour, mark: Mark) {
            self.name = name
            self.points = points
            self.colour = colour
            self.mark = mark
        }

        public static func == (left: Self, right: Self) -> Bool {
            left.name == right.name && left.colour == right.colour && left.mark == right.mark
                && left.points.elementsEqual(right.points, by: ==)
        }

        var style: String {
            switch mark {
            case .line(let stroke): "line \(colour.styleClass) \(stroke.rawValue)"
            case .dots: "dots \(colour.styleClass)"
            }
        }

        fileprivate var glyph: Legend.Entry.Glyph {
            switch mark {
            case .line: .line
            case .dots: .area
            }
        }

        /// The style of its entry in the legend, where a dot is a patch of its colour.
        fileprivate var legendStyle: String {
            switch mark {
            case .line: style
            case .dots: "fill \(colour.styleClass)"
            }
        }
    }

    /// One of the two axes.
    public struct Dimension: Sendable, Equatable {
        /// What it shows, with its unit.
        public let title: String
        /// How values are laid out.
        public let scale: AxisScale
        /// Values that the axis covers at least.
        public let covering: ClosedRange<Double>?

        /// The axis called `title`.
        public init(_ title: String, scale: AxisScale = .linear, covering: ClosedRange<Double>? = nil) {
            self.title = title
            self.scale = scale
            self.covering = covering
        }

        /// From the least to the largest of `values` that has a place, and of what is to be covered.
        fileprivate func domain(of values: [Double]) -> ClosedRange<Double>? {
            let covered = covering.map { [$0.lowerBound, $0.upperBound] } ?? []
            let placed = (values + covered).filter { $0.isFinite && (scale == .linear || $0 > 0) }
            guard let lowest = placed.min(), let highest = placed.max() else { return nil }
            return lowest...highest
        }
    }

    /// The accessible name.
    public let title: String
    /// The horizontal axis.
    public let x: Dimension
    /// The vertical axis.
    public let y: Dimension
    /// The first at the bottom.
    public let series: [Series]
    /// Values of the vertical axis that the series are held against.
    public let goals: [LinePanel.Goal]
    /// The plot's height in CSS pixels.
    public let height: Double

    /// A chart of `series`.
    public init(
        title: String, x: Dimension, y: Dimension, series: [Series], goals: [LinePanel.Goal] = [], height: Double = 260
    ) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
        self.goals = goals
        self.height = height
    }

    private var legend: Legend {
        var legend = Legend()
        for line in series where !line.name.isEmpty {
            legend.add(Legend.Entry(name: line.name, glyph: line.glyph, style: line.legendStyle))
        }
        return legend
    }

    public func draw(on canvas: inout Canvas) -> Double {
        var top = 2 + legend.draw(on: &canvas, x: 0, y: 2, width: canvas.width)
        canvas.text(y.title, x: 0, y: top + 14, style: "head")
        top += 22
        let bottom = top + height
        let points = series.flatMap(\.points)
        guard let across = x.domain(of: points.map(\.x)), let along = y.domain(of: points.map(\.y) + goals.map(\.value))
        else {
            canvas.text("no data", x: canvas.width / 2, y: (top + bottom) / 2, anchor: .middle, style: "faint")
            return bottom + 8
        }
        let vertical = ScaledAxis(y.scale, domain: along, start: bottom, end: top)
        let rows = vertical.ticks(about: max(2, Int(height / 30)))
        let left = (rows.map { Canvas.width(of: $0.label) }.max() ?? 0) + 10
        let right = canvas.width - 16
        let horizontal = ScaledAxis(x.scale, domain: across, start: left, end: right)
        for row in rows {
            guard let place = vertical.position(row.value) else { continue }
            canvas.line(x1: left, y1: place, x2: right, y2: place, style: "grid")
            canvas.text(row.label, x: left - 5, y: place + 4, anchor: .end, style: "faint")
        }
        for line in series { draw(line, on: &canvas, horizontal, vertical) }
        for goal in goals {
            guard let place = vertical.position(goal.value) else { continue }
            canvas.line(x1: left, y1: place, x2: right, y2: place, style: "goal")
            let baseline = place - top < 16 ? place + 13 : place - 4
            canvas.text(goal.label, x: right - 4, y: baseline, anchor: .end, style: "halo")
        }
        canvas.rectangle(x: left, y: top, width: right - left, height: height, style: "frame")
        for column in horizontal.ticks(about: max(2, Int((right - left) / 70))) {
            guard let place = horizontal.position(column.value) else { continue }
            canvas.line(x1: place, y1: bottom, x2: place, y2: bottom + 4, style: "frame")
            canvas.text(column.label, x: place, y: bottom + 16, anchor: .middle, style: "faint")
        }
        canvas.text(x.title, x: (left + right) / 2, y: bottom + 32, anchor: .middle)
        return bottom + 38
    }

    private func draw(_ line: Series, on canvas: inout Canvas, _ horizontal: ScaledAxis, _ vertical: ScaledAxis) {
        let places = line.points.map { point -> (x: Double, y: Double)? in
            guard let across = horizontal.position(point.x), let along = vertical.position(point.y) else { return nil }
            return (across, along)
        }
        switch line.mark {
        case .line: canvas.path(places, style: line.style)
        // Each dot is a piece of its own.
        case .dots: canvas.path(places.flatMap { [$0, nil] }, style: line.style)
        }
    }
}
