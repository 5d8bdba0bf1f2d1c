/// Whether a quantity's registers count at all. Hypervisors answer many of them with 0 and no error, so a read that
/// succeeds proves nothing; what has never moved on any CPU is not a value of zero but no value.
struct Liveness: Sendable {
    private enum State: Sendable {
        /// It has moved.
        case live
        /// It was programmed and has not moved yet.
        case presumed(intervals: Int)
        /// It does not count, as far as was seen.
        case stuck
    }

    /// Intervals without any movement after which a programmed counter is taken for a fake: one second at 10 ms.
    static let presumedIntervals = 100

    private var states: [State]
    /// Raised whenever a quantity becomes live or stuck.
    private(set) var revision = 0

    /// Judges free-running counters by `frame`, the first one: those that count since power-on are not 0 any more.
    init(first frame: CounterFrame) {
        states = Quantity.allCases.map { quantity in
            guard quantity.isFreeRunning else { return .presumed(intervals: 0) }
            let isNonZero = frame.present.indices.contains { (frame[$0, quantity] ?? 0) != 0 }
            return isNonZero ? .live : .stuck
        }
    }

    /// Whether `quantity` has moved.
    func isLive(_ quantity: Quantity) -> Bool {
        if case .live = states[Int(quantity.rawValue)] { true } else { false }
    }

    /// Whether `quantity` is taken for one that does not count.
    func isStuck(_ quantity: Quantity) -> Bool {
        if case .stuck = states[Int(quantity.rawValue)] { true } else { false }
    }

    /// Takes note of what moved in an interval.
    mutating func observe(_ interval: Interval) {
        for quantity in Quantity.allCases {
            let index = Int(quantity.rawValue)
            if case .live = states[index] { continue }
            var isPresent = false
            var hasMoved = false
            for row in interval.present.indices {
                guard let delta = interval[row, quantity] else { continue }
                isPresent = true
                hasMoved = hasMoved || delta != 0
            }
            switch states[index] {
            case _ where hasMoved:
                states[index] = .live
                revision += 1
            case .presumed(let intervals) where isPresent && intervals + 1 >= Self.presumedIntervals:
                states[index] = .stuck
                revision += 1
            case .presumed(let intervals) where isPresent:
                states[index] = .presumed(intervals: intervals + 1)
            default:
                break
            }
        }
    }
}
