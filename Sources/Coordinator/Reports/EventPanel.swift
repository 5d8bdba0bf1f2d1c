/// What happened when: one row for each thing that can happen, one mark for each time it did.
public struct EventPanel: Sendable, Equatable {
    /// A way of happening, told apart by colour and by filling.
    public struct Kind: Sendable, Equatable {
        /// Its name in the legend.
        public let name: String
        /// Its colour.
        public let colour: ChartColour
        /// Whether its marks are outlines instead of filled.
        public let isHollow: Bool

        /// The way of happening called `name`.
        public init(name: String, colour: ChartColour, isHollow: Bool = false) {
            self.name = name
            self.colour = colour
            self.isHollow = isHollow
        }

        var style: String { "\(isHollow ? "hollow" : "fill") \(colour.styleClass)" }
    }

    /// One happening.
    public struct Event: Sendable, Equatable {
        /// Place on the horizontal axis where it begins; it takes one unit of that axis.
        public let x: Double
        /// Index into the panel's rows.
        public let row: Int
        /// Index into the panel's kinds.
        public let kind: Int

        /// What stands in `row` happens at `x` in the way `kind`.
        public init(x: Double, row: Int, kind: Int) {
            self.x = x
            self.row = row
            self.kind = kind
        }
    }

    /// What is shown, written above the panel.
    public let title: String
    /// What can happen, top to bottom.
    public let rows: [String]
    /// The ways it can happen.
    public let kinds: [Kind]
    /// What happened.
    public let events: [Event]

    /// A panel of `events`; those whose row or kind does not exist are not drawn.
    public init(title: String, rows: [String], kinds: [Kind], events: [Event]) {
        self.title = title
        self.rows = rows
        self.kinds = kinds
        self.events = events.filter { rows.indices.contains($0.row) && kinds.indices.contains($0.kind) }
    }

    /// Where the rows' names stand.
    enum Labels {
        /// Left of the plot, like the other panels'.
        case beside
        /// In the plot, above each row's marks: where names beside it would take the room of the marks.
        case above
    }

    /// Where the names go in a drawing `width` wide: beside the plot unless they would take more than a third of it.
    func labels(in width: Double) -> Labels {
        longestName > width / 3 ? .above : .beside
    }

    private static let markHeight = 8.0

    private func rowHeight(_ labels: Labels) -> Double {
        switch labels {
        case .beside: Self.markHeight + 6
        case .above: Self.markHeight + 19
        }
    }

    private var longestName: Double { rows.map { Canvas.width(of: $0) }.max() ?? 0 }

    func height(in width: Double) -> Double { Double(max(rows.count, 1)) * rowHeight(labels(in: width)) }

    func labelWidth(in width: Double) -> Double {
        switch labels(in: width) {
        case .beside: longestName
        case .above: 0
        }
    }

    var legendEntries: [Legend.Entry] {
        kinds.indices.filter { kind in events.contains { $0.kind == kind } }
            .map { Legend.Entry(name: kinds[$0].name, glyph: .area, style: kinds[$0].style) }
    }

    /// The events as stretches: equal ones that follow each other without a gap are drawn as one mark.
    var runs: [(event: Event, length: Int)] {
        let sorted = events.sorted { ($0.row, $0.kind, $0.x) < ($1.row, $1.kind, $1.x) }
        var runs: [(event: Event, length: Int)] = []
        for event in sorted {
            if let last = runs.last, last.event.row == event.row, last.event.kind == event.kind,
                last.event.x + Double(last.length) == event.x
            {
                runs[runs.count - 1].length += 1
            } else {
                runs.append((event, 1))
            }
        }
        return runs
    }

    func draw(on canvas: inout Canvas, plot: PlotArea) {
        let horizontal = plot.axis
        let labels = labels(in: canvas.width)
        let pitch = rowHeight(labels)
        for (index, row) in rows.enumerated() {
            let y = plot.top + Double(index) * pitch
            if index > 0 { canvas.line(x1: horizontal.start, y1: y, x2: horizontal.end, y2: y, style: "grid") }
            switch labels {
            case .beside: canvas.text(row, x: horizontal.start - 5, y: y + 11, anchor: .end, style: "faint")
            case .above: canvas.text(row, x: horizontal.start + 4, y: y + 12, style: "faint")
            }
        }
        for run in runs {
            let lower = max(run.event.x, horizontal.domain.lowerBound)
            let upper = min(run.event.x + Double(run.length), horizontal.domain.upperBound)
            guard lower < upper else { continue }
            let left = horizontal.position(lower)
            canvas.rectangle(
                x: left, y: plot.top + Double(run.event.row + 1) * pitch - Self.markHeight - 3,
                // A mark narrower than this cannot be seen.
                width: max(horizontal.position(upper) - left, 1.5), height: Self.markHeight,
                style: kinds[run.event.kind].style)
        }
    }
}
