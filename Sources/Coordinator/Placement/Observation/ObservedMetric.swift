public import Topology

/// How one metric of a node enters the observation.
public struct ObservedMetric: Sendable, Hashable {
    /// What a value looks like on a node that is under as much pressure as can be.
    public enum PressedEnd: Sendable, Hashable {
        /// Pressure drives the metric towards 0.
        case zero
        /// Pressure drives the metric towards its full scale.
        case fullScale
    }

    /// How values between 0 and the full scale are spread.
    public enum Curve: Sendable, Hashable {
        /// Evenly: for shares and ratios.
        case linear
        /// By their square root: for rates, which differ by orders of magnitude between an idle node and a pressed
        /// one. It keeps the low end apart without giving up the high one.
        case squareRoot
    }

    /// The metric.
    public let metric: Metric
    /// The value, in the metric's unit, that is observed as 20; larger ones are observed as 20 too.
    public let fullScale: Double
    /// How values between 0 and `fullScale` are spread.
    public let curve: Curve
    /// How an absent value is observed: as if the node were under full pressure, so that not knowing never looks like
    /// being idle.
    public let pressedEnd: PressedEnd

    /// A metric that is observed along `curve` from 0 at 0 to 20 at `fullScale`, which must be positive.
    public init(_ metric: Metric, fullScale: Double, curve: Curve = .linear, pressedEnd: PressedEnd) {
        precondition(fullScale > 0, "the full scale of a metric is positive")
        self.metric = metric
        self.fullScale = fullScale
        self.curve = curve
        self.pressedEnd = pressedEnd
    }

    /// The six metrics of the Darly thesis, table 5.1, in its order.
    ///
    /// Full scales: 4 instructions per cycle is the retirement width of the test bed's Intel cores (Intel optimization
    /// manual, Skylake microarchitecture). The others are the project's choice, see `docs/placement.md`.
    public static let thesis: [ObservedMetric] = [
        ObservedMetric(.instructionsPerCycle, fullScale: 4, pressedEnd: .zero),
        ObservedMetric(.memoryReadBytesPerSecond, fullScale: 60e9, curve: .squareRoot, pressedEnd: .fullScale),
        ObservedMetric(.memoryWriteBytesPerSecond, fullScale: 30e9, curve: .squareRoot, pressedEnd: .fullScale),
        ObservedMetric(.l3MissesPerSecond, fullScale: 400e6, curve: .squareRoot, pressedEnd: .fullScale),
        ObservedMetric(.c0Residency, fullScale: 1, pressedEnd: .fullScale),
        ObservedMetric(.c1Residency, fullScale: 1, pressedEnd: .zero),
    ]

    /// The entry for `value`, in [0, 20]; nil, negative and not finite values are absent.
    func entry(for value: Double?) -> (value: Float, isAbsent: Bool) {
        guard let value, value.isFinite, value >= 0 else {
            return (pressedEnd == .zero ? 0 : ObservationSpace.limit, true)
        }
        let share = min(value / fullScale, 1)
        return (Float(curve == .linear ? share : share.squareRoot()) * ObservationSpace.limit, false)
    }
}
