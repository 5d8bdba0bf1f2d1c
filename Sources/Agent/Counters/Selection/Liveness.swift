/// Whether a quantity's registers count at all. Hypervisors answer many of them with 0 and no error, so a read that
/// succeeds proves nothing; what has never moved on any CPU is not a value of zero but no value. Judged for each source
/// apart: where one has a fake, the next may have the real thing.
struct Liveness: Sendable {
    private enum State: Sendable {
        /// It has moved, or need not.
        case live
        /// It should move and has not yet.
        case presumed(intervals: Int)
        /// It does not count, as far as was seen.
        case stuck
        /// It has not been read yet.
        case unseen
    }

    /// Intervals without any movement after which a programmed counter is taken for a fake: one second at 10 ms.
    static let presumedIntervals = 100

    private var states: [[State]]
    /// By source, the quantities that have not been seen yet, and those that have not moved yet. Both are mostly empty, and
    /// every frame and interval is looked at.
    private var unseen: [QuantitySet]
    private var unmoved: [QuantitySet]
    /// Raised whenever a quantity becomes live or stuck.
    private(set) var revision = 0

    /// Nothing has been seen of `sources` sources.
    init(sources: Int) {
        states = Array(repeating: Quantity.allCases.map { $0.proof == .none ? .live : .unseen }, count: sources)
        unseen = Array(repeating: QuantitySet(Quantity.allCases.filter { $0.proof != .none }), count: sources)
        unmoved = Array(repeating: [], count: sources)
    }

    /// Whether `quantity` of `source` has moved.
    func isLive(_ quantity: Quantity, source: Int) -> Bool {
        if case .live = states[source][Int(quantity.rawValue)] { true } else { false }
    }

    /// The quantities of `source` that are taken for ones that do not count.
    func stuck(source: Int) -> QuantitySet {
        QuantitySet(
            Quantity.allCases.filter {
                if case .stuck = states[source][Int($0.rawValue)] { true } else { false }
            })
    }

    /// Judges what is seen for the first time: counters that run since power-on are not 0 any more.
    mutating func observe(_ frame: CounterFrame, _ selection: SourceSelection) {
        let seen = frame.quantities
        for source in states.indices {
            let new = unseen[source].intersection(seen).intersection(selection.quantities(of: source))
            new.forEach { judge($0, source, frame, selection) }
        }
    }

    private mutating func judge(
        _ quantity: Quantity, _ source: Int, _ frame: CounterFrame, _ selection: SourceSelection
    ) {
        var isPresent = false
        var isNonZero = false
        var proof = quantity.proof
        for row in frame.present.indices {
            guard let supply = selection.supply(of: quantity, row: row), supply.source == source,
                let value = frame[row, quantity]
            else { continue }
            isPresent = true
            isNonZero = isNonZero || value != 0
            if supply.kind.countsSinceClaimed { proof = .moves }
        }
        guard isPresent else { return }
        switch proof {
        case .none: break
        case .moves: set(quantity, source, .presumed(intervals: 0))
        case .hasMovedSincePowerOn: set(quantity, source, isNonZero ? .live : .stuck)
        }
    }

    /// Takes note of what moved in an interval.
    mutating func observe(_ interval: Interval, _ selection: SourceSelection) {
        let seen = interval.quantities
        for source in states.indices {
            let due = unmoved[source].intersection(seen).intersection(selection.quantities(of: source))
            due.forEach { watch($0, source, interval, selection) }
        }
    }

    private mutating func watch(
        _ quantity: Quantity, _ source: Int, _ interval: Interval, _ selection: SourceSelection
    ) {
        var isPresent = false
        var hasMoved = false
        for row in interval.present.indices where selection.supply(of: quantity, row: row)?.source == source {
            guard let delta = interval[row, quantity] else { continue }
            isPresent = true
            hasMoved = hasMoved || delta != 0
        }
        switch states[source][Int(quantity.rawValue)] {
        case _ where hasMoved: set(quantity, source, .live)
        case .presumed(let intervals) where isPresent:
            set(quantity, source, intervals + 1 >= Self.presumedIntervals ? .stuck : .presumed(intervals: intervals + 1))
        default: break
        }
    }

    private mutating func set(_ quantity: Quantity, _ source: Int, _ state: State) {
        states[source][Int(quantity.rawValue)] = state
        unseen[source].subtract(quantity.bit)
        switch state {
        case .live:
            unmoved[source].subtract(quantity.bit)
            revision += 1
        case .stuck:
            unmoved[source].insert(quantity.bit)
            revision += 1
        case .presumed, .unseen: unmoved[source].insert(quantity.bit)
        }
    }
}
