/// Panels above one another over one horizontal axis, such as the steps of an experiment.
public struct TimelineChart: Chart {
    /// A stretch of the horizontal axis, shaded in turn and labelled.
    public struct Band: Sendable, Equatable {
        /// Where it begins and ends, in the unit of the horizontal axis.
        public let range: Range<Double>
        /// Its name; left out where it does not fit.
        public let label: String

        /// The stretch `range`, called `label`.
        public init(_ range: Range<Double>, label: String) {
            self.range = range
            self.label = label
        }
    }

    /// What a panel shows.
    public enum Panel: Sendable, Equatable {
        /// Values as lines.
        case lines(LinePanel)
        /// Quantities piled on one another.
        case stack(StackPanel)
        /// What happened when.
        case events(EventPanel)
    }

    /// The accessible name.
    public let title: String
    /// What the horizontal axis counts, with its unit.
    public let axisTitle: String
    /// The ends of the horizontal axis.
    public let domain: ClosedRange<Double>
    /// The stretches, which should not overlap.
    public let bands: [Band]
    /// Top to bottom.
    public let panels: [Panel]

    /// A chart of `panels` over `domain`. Values outside `domain` are not drawn.
    public init(
        title: String, axisTitle: String, domain: ClosedRange<Double>, bands: [Band] = [], panels: [Panel]
    ) {
        self.title = title
        self.axisTitle = axisTitle
        self.domain = domain
        self.bands = bands
        self.panels = panels
    }

    public func draw(on canvas: inout Canvas) -> Double {
        var legend = Legend()
        for entry in panels.flatMap(\.legendEntries) { legend.add(entry) }
        let left = (panels.map { $0.labelWidth(in: canvas.width) }.max() ?? 0) + 10
        let right = canvas.width - 16
        let axis = Axis(domain: domain, start: left, end: right)

        var y = 2 + legend.draw(on: &canvas, x: 0, y: 2, width: canvas.width)
        if !legend.entries.isEmpty { y += 4 }
        if !bands.isEmpty {
            drawLabels(of: bands, on: &canvas, axis: axis, y: y + 11)
            y += 16
        }
        for panel in panels {
            // Above the plot's edge where there is room to its right, else from the drawing's edge.
            let titleX = max(0, min(left, right - Canvas.width(of: panel.title)))
            canvas.text(panel.title, x: titleX, y: y + 12, style: "head")
            y += 21
            let height = panel.height(in: canvas.width)
            let plot = PlotArea(axis: axis, top: y, bottom: y + height)
            drawBackground(on: &canvas, plot: plot)
            panel.draw(on: &canvas, plot: plot)
            canvas.rectangle(x: left, y: y, width: right - left, height: height, style: "frame")
            y += height + 9
        }
        return drawAxis(on: &canvas, axis: axis, y: y - 9)
    }

    private func drawLabels(of bands: [Band], on canvas: inout Canvas, axis: Axis, y: Double) {
        for band in bands {
            guard let (start, end) = visible(band, axis), Canvas.width(of: band.label) <= end - start else { continue }
            canvas.text(band.label, x: (start + end) / 2, y: y, anchor: .middle, style: "faint")
        }
    }

    private func drawBackground(on canvas: inout Canvas, plot: PlotArea) {
        for (index, band) in bands.enumerated() where index.isMultiple(of: 2) {
            guard let (start, end) = visible(band, plot.axis) else { continue }
            canvas.rectangle(
                x: start, y: plot.top, width: end - start, height: plot.bottom - plot.top, style: "band",
                note: band.label)
        }
    }

    private func visible(_ band: Band, _ axis: Axis) -> (start: Double, end: Double)? {
        let lower = max(band.range.lowerBound, domain.lowerBound)
        let upper = min(band.range.upperBound, domain.upperBound)
        return lower < upper ? (axis.position(lower), axis.position(upper)) : nil
    }

    private func drawAxis(on canvas: inout Canvas, axis: Axis, y: Double) -> Double {
        let count = max(2, Int((axis.end - axis.start) / 70))
        for tick in axis.ticks(about: count) {
            let x = axis.position(tick)
            canvas.line(x1: x, y1: y, x2: x, y2: y + 4, style: "frame")
            canvas.text(axis.label(tick, count: count), x: x, y: y + 16, anchor: .middle, style: "faint")
        }
        canvas.text(axisTitle, x: (axis.start + axis.end) / 2, y: y + 32, anchor: .middle)
        return y + 38
    }
}

/// The part of a drawing that belongs to one panel's values.
struct PlotArea {
    /// The horizontal axis.
    let axis: Axis
    /// The upper and lower edge, in drawing units.
    let top, bottom: Double
}

extension TimelineChart.Panel {
    var title: String {
        switch self {
        case .lines(let panel): panel.title
        case .stack(let panel): panel.title
        case .events(let panel): panel.title
        }
    }

    /// The plot's height in a drawing `width` wide.
    func height(in width: Double) -> Double {
        switch self {
        case .lines(let panel): panel.height
        case .stack(let panel): panel.height
        case .events(let panel): panel.height(in: width)
        }
    }

    /// Room that the labels left of the plot take in a drawing `width` wide.
    func labelWidth(in width: Double) -> Double {
        switch self {
        case .lines(let panel): panel.labelWidth
        case .stack(let panel): panel.labelWidth
        case .events(let panel): panel.labelWidth(in: width)
        }
    }

    var legendEntries: [Legend.Entry] {
        switch self {
        case .lines(let panel): panel.legendEntries
        case .stack(let panel): panel.legendEntries
        case .events(let panel): panel.legendEntries
        }
    }

    func draw(on canvas: inout Canvas, plot: PlotArea) {
        switch self {
        case .lines(let panel): panel.draw(on: &canvas, plot: plot)
        case .stack(let panel): panel.draw(on: &canvas, plot: plot)
        case .events(let panel): panel.draw(on: &canvas, plot: plot)
        }
    }
}
