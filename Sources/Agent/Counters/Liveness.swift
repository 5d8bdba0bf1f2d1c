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
    /// Raised whenever a quantity becomes live or stuck.
    private(set) var revision = 0

    /// Nothing has been seen of `sources` sources.
    init(sources: Int) {
        let unseen = Quantity.allCases.map { $0.proof == .none ? State.live : .unseen }
        states = Array(repeating: unseen, count: sources)
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
        for quantity in Quantity.allCases {
            for source in states.indices {
                guard case .unseen = states[source][Int(quantity.rawValue)] else { continue }
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
                guard isPresent else { continue }
                switch proof {
                case .none: break
                case .moves: states[source][Int(quantity.rawValue)] = .presumed(intervals: 0)
                case .hasMovedSincePowerOn:
                    states[source][Int(quantity.rawValue)] = isNonZero ? .live : .stuck
                    if !isNonZero { revision += 1 }
                }
            }
        }
    }

    /// Takes note of what moved in an interval.
    mutating func observe(_ interval: Interval, _ selection: SourceSelection) {
        for quantity in Quantity.allCases {
            for source in states.indices { observe(quantity, source, interval, selection) }
        }
    }

    private mutating func observe(
        _ quantity: Quantity, _ source: Int, _ interval: Interval, _ selection: SourceSelection
    ) {
        let index = Int(quantity.rawValue)
        switch states[source][index] {
        case .live, .unseen: return
        case .presumed, .stuck: break
        }
        var isPresent = false
        var hasMoved = false
        for row in interval.present.indices where selection.supply(of: quantity, row: row)?.source == source {
            guard let delta = interval[row, quantity] else { continue }
            isPresent = true
            hasMoved = hasMoved || delta != 0
        }
        switch states[source][index] {
        case _ where hasMoved:
            states[source][index] = .live
            revision += 1
        case .presumed(let intervals) where isPresent && intervals + 1 >= Self.presumedIntervals:
            states[source][index] = .stuck
            revision += 1
        case .presumed(let intervals) where isPresent:
            states[source][index] = .presumed(intervals: intervals + 1)
        default:
            break
        }
    }
}
