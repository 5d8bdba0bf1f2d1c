/// Quantities that hold over stretches of the horizontal axis, piled on one another: what was there, how much, how
/// long.
public struct StackPanel: Sendable, Equatable {
    /// A stretch over which one quantity has one value.
    public struct Stretch: Sendable, Equatable {
        /// Where it begins and ends on the horizontal axis.
        public let range: Range<Double>
        /// How much, 0 or more, in the panel's unit; other values are not drawn.
        public let value: Double

        /// `value` over `range`.
        public init(_ range: Range<Double>, value: Double) {
            self.range = range
            self.value = value
        }
    }

    /// One quantity.
    public struct Layer: Sendable, Equatable {
        /// Its name in the legend.
        public let name: String
        /// Its colour.
        public let colour: ChartColour
        /// Where it is present; stretches of one layer should not overlap.
        public let stretches: [Stretch]

        /// The quantity called `name`.
        public init(name: String, colour: ChartColour, stretches: [Stretch]) {
            self.name = name
            self.colour = colour
            self.stretches = stretches
        }
    }

    /// What is shown, written above the panel.
    public let title: String
    /// Written after each value.
    public let unit: String
    /// The quantities, the first at the bottom.
    public let layers: [Layer]
    /// The value at the panel's upper edge; it grows where the pile is higher.
    public let ceiling: Double
    /// The plot's height in CSS pixels.
    public let height: Double

    /// A panel of `layers`, from 0 to `ceiling`, which must be positive.
    public init(title: String, unit: String, layers: [Layer], ceiling: Double, height: Double = 34) {
        self.title = title
        self.unit = unit
        self.layers = layers
        self.ceiling = ceiling
        self.height = height
    }

    /// One drawn block of the pile.
    struct Block: Equatable {
        let layer: Int
        let range: Range<Double>
        let bottom, value: Double
    }

    /// The pile as blocks, cut wherever any layer begins or ends, left to right and bottom to top; blocks of one layer
    /// that continue one another are one.
    var blocks: [Block] {
        let present = layers.map { $0.stretches.filter { $0.value > 0 && $0.value.isFinite && !$0.range.isEmpty } }
        let cuts = Set(present.joined().flatMap { [$0.range.lowerBound, $0.range.upperBound] }).sorted()
        var finished: [Block] = []
        var growing: [Block?] = Array(repeating: nil, count: layers.count)
        for (start, end) in zip(cuts, cuts.dropFirst()) {
            var height = 0.0
            for layer in layers.indices {
                let value = present[layer].first { $0.range.contains(start) }?.value ?? 0
                if let block = growing[layer] {
                    if block.value == value && block.bottom == height {
                        growing[layer] = Block(
                            layer: layer, range: block.range.lowerBound..<end, bottom: height, value: value)
                        height += value
                        continue
                    }
                    finished.append(block)
                }
                growing[layer] = value > 0 ? Block(layer: layer, range: start..<end, bottom: height, value: value) : nil
                height += value
            }
        }
        finished += growing.compactMap(\.self)
        return finished.sorted { ($0.range.lowerBound, $0.layer) < ($1.range.lowerBound, $1.layer) }
    }

    private func label(_ value: Double) -> String {
        NumberText.shortest(value, decimals: 1) + (unit.isEmpty ? "" : " \(unit)")
    }

    private var top: Double { blocks.map { $0.bottom + $0.value }.reduce(ceiling, max) }

    var labelWidth: Double { Canvas.width(of: label(top)) }

    var legendEntries: [Legend.Entry] {
        layers.map { Legend.Entry(name: $0.name, glyph: .area, style: "soft \($0.colour.styleClass)") }
    }

    func draw(on canvas: inout Canvas, plot: PlotArea) {
        let axis = Axis(domain: 0...top, start: plot.bottom, end: plot.top)
        let horizontal = plot.axis
        canvas.text(label(top), x: horizontal.start - 5, y: plot.top + 8, anchor: .end, style: "faint")
        canvas.text(label(0), x: horizontal.start - 5, y: plot.bottom + 1, anchor: .end, style: "faint")
        for block in blocks {
            let lower = max(block.range.lowerBound, horizontal.domain.lowerBound)
            let upper = min(block.range.upperBound, horizontal.domain.upperBound)
            guard lower < upper else { continue }
            let layer = layers[block.layer]
            let (left, right) = (horizontal.position(lower), horizontal.position(upper))
            let (low, high) = (axis.position(block.bottom), axis.position(block.bottom + block.value))
            let text = label(block.value)
            canvas.rectangle(
                x: left, y: high, width: right - left, height: low - high, style: "soft \(layer.colour.styleClass)",
                note: "\(layer.name) \(text)")
            if low - high >= 12, right - left > Canvas.width(of: text) {
                canvas.text(text, x: (left + right) / 2, y: (low + high) / 2 + 4, anchor: .middle)
            } else if layers.count == 1, high - plot.top >= 12, right - left > Canvas.width(of: text) {
                canvas.text(text, x: (left + right) / 2, y: high - 3, anchor: .middle)
            }
        }
    }
}
