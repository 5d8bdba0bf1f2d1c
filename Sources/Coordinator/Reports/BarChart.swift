/// Horizontal bars in groups; each bar may be made of segments laid end to end.
public struct BarChart: Chart {
    /// A part of a bar.
    public struct Segment: Sendable, Equatable {
        /// What it counts; its name in the legend.
        public let name: String
        /// How much, 0 or more; absent, negative and not finite values are not drawn.
        public let value: Double?
        /// Its colour.
        public let colour: ChartColour
        /// Whether it is drawn pale, as the part that is missing from the whole.
        public let isSoft: Bool

        /// `value` of what is called `name`.
        public init(name: String, value: Double?, colour: ChartColour, isSoft: Bool = false) {
            self.name = name
            self.value = value
            self.colour = colour
            self.isSoft = isSoft
        }

        var style: String { "\(isSoft ? "soft" : "fill") \(colour.styleClass)" }

        var length: Double {
            guard let value, value.isFinite, value > 0 else { return 0 }
            return value
        }
    }

    /// One bar.
    public struct Bar: Sendable, Equatable {
        /// Its name, left of it.
        public let label: String
        /// Its parts, left to right.
        public let segments: [Segment]
        /// A value to compare with, marked across the bar.
        public let mark: Double?
        /// What is written at its end.
        public let note: String

        /// The bar called `label`.
        public init(label: String, segments: [Segment], mark: Double? = nil, note: String = "") {
            self.label = label
            self.segments = segments
            self.mark = mark
            self.note = note
        }
    }

    /// Bars that belong together.
    public struct Group: Sendable, Equatable {
        /// Their common name, above them.
        public let label: String
        /// Top to bottom.
        public let bars: [Bar]

        /// The bars of what is called `label`.
        public init(label: String, bars: [Bar]) {
            self.label = label
            self.bars = bars
        }
    }

    /// The accessible name.
    public let title: String
    /// What the bars' length measures, with its unit.
    public let axisTitle: String
    /// Top to bottom.
    public let groups: [Group]
    /// What the marks mean; their name in the legend.
    public let markName: String

    /// A chart of `groups`.
    public init(title: String, axisTitle: String, groups: [Group], markName: String = "") {
        self.title = title
        self.axisTitle = axisTitle
        self.groups = groups
        self.markName = markName
    }

    private static let barHeight = 14.0
    private static let barPitch = 18.0

    private var bars: [Bar] { groups.flatMap(\.bars) }

    private var legend: Legend {
        var legend = Legend()
        for segment in bars.flatMap(\.segments) where !segment.name.isEmpty {
            legend.add(Legend.Entry(name: segment.name, glyph: .area, style: segment.style))
        }
        if !markName.isEmpty, bars.contains(where: { $0.mark != nil }) {
            legend.add(Legend.Entry(name: markName, glyph: .tick, style: "mark"))
        }
        return legend
    }

    /// The value axis from 0 over the longest bar and the furthest mark, for a drawing `width` wide.
    func valueAxis(width: Double) -> Axis {
        let lengths = bars.map { max($0.segments.map(\.length).reduce(0, +), $0.mark ?? 0) }
        let longest = lengths.filter(\.isFinite).max() ?? 0
        let left = (bars.map { Canvas.width(of: $0.label) }.max() ?? 0) + 8
        let notes = (bars.map { Canvas.width(of: $0.note) }.max() ?? 0) + 10
        return Axis(domain: 0...(longest > 0 ? longest : 1), start: left, end: max(width - notes, left + 60))
    }

    public func draw(on canvas: inout Canvas) -> Double {
        var y = 2 + legend.draw(on: &canvas, x: 0, y: 2, width: canvas.width) + 6
        let axis = valueAxis(width: canvas.width)
        let count = max(2, Int((axis.end - axis.start) / 60))
        let ticks = axis.ticks(about: count)
        let top = y
        let height = groups.map { 20 + Double($0.bars.count) * Self.barPitch }.reduce(0, +)
        for tick in ticks {
            let x = axis.position(tick)
            canvas.line(x1: x, y1: top, x2: x, y2: top + height, style: "grid")
            canvas.text(axis.label(tick, count: count), x: x, y: top + height + 14, anchor: .middle, style: "faint")
        }
        for group in groups {
            canvas.text(group.label, x: 0, y: y + 13, style: "head halo")
            y += 20
            for bar in group.bars {
                draw(bar, on: &canvas, axis: axis, y: y)
                y += Self.barPitch
            }
        }
        canvas.text(axisTitle, x: (axis.start + axis.end) / 2, y: y + 30, anchor: .middle)
        return y + 36
    }

    private func draw(_ bar: Bar, on canvas: inout Canvas, axis: Axis, y: Double) {
        canvas.text(bar.label, x: axis.start - 6, y: y + 11, anchor: .end, style: "faint")
        var reached = 0.0
        for segment in bar.segments where segment.length > 0 {
            let left = axis.position(reached)
            reached += segment.length
            canvas.rectangle(
                x: left, y: y, width: axis.position(reached) - left, height: Self.barHeight, style: segment.style,
                note: "\(segment.name) \(NumberText.shortest(segment.length, decimals: 3))")
        }
        if let mark = bar.mark, mark.isFinite {
            let x = axis.position(mark)
            canvas.line(x1: x, y1: y - 2, x2: x, y2: y + Self.barHeight + 2, style: "mark")
        }
        guard !bar.note.isEmpty else { return }
        let end = axis.position(max(reached, bar.mark.flatMap { $0.isFinite ? $0 : nil } ?? 0))
        canvas.text(bar.note, x: end + 6, y: y + 11, style: "halo")
    }
}
