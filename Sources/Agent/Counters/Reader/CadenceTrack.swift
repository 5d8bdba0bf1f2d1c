import Measures

/// The quantities of one cadence: when they were last read, and what happened since.
struct CadenceTrack {
    /// The quantities whose differences are taken, the time stamp with them where they are compared with it.
    private let quantities: QuantitySet
    /// How long after a reading the quantities are due again.
    var periodNanoseconds: UInt64
    private var previous: CounterFrame?
    /// What happened between the last two readings.
    private(set) var interval: Interval
    /// Whether the newest sample belongs to the track and has differences.
    private(set) var isMeasured = false

    /// Nothing has been read.
    init(_ cadence: Cadence, periodNanoseconds: UInt64, rowCount: Int) {
        quantities = cadence == .accounting ? cadence.quantities : cadence.quantities.union(.timeStamp)
        self.periodNanoseconds = periodNanoseconds
        interval = Interval(rowCount: rowCount)
    }

    /// Whether the quantities are to be read again at `now`. A reading that comes a little early, because the sampling
    /// clock jitters, counts as being in time.
    func isDue(_ now: MonotonicInstant) -> Bool {
        guard let previous else { return true }
        let passed = now.nanoseconds(since: previous.takenAt)
        return passed >= periodNanoseconds - periodNanoseconds / 16
    }

    /// Forgets what was read.
    mutating func reset(rowCount: Int) {
        previous = nil
        isMeasured = false
        interval = Interval(rowCount: rowCount)
    }

    /// Forgets some rows' quantities, which another source supplies from now on.
    mutating func forget(_ changed: [QuantitySet]) {
        guard var frame = previous else { return }
        previous = nil
        for row in changed.indices { frame.remove(changed[row], row: row) }
        previous = frame
    }

    /// The newest sample does not belong to the track.
    mutating func skip() { isMeasured = false }

    /// Takes the differences to the reading before, if there was one, and keeps `frame` for the next.
    mutating func take(
        _ frame: CounterFrame, selection: SourceSelection, timeStampHertz: Double?, gate: PlausibilityGate
    ) {
        isMeasured = previous != nil
        if let previous {
            interval.measure(
                quantities, from: previous, to: frame, selection: selection, timeStampHertz: timeStampHertz, gate: gate)
        }
        if previous == nil {
            previous = frame
        } else {
            previous?.assign(frame)
        }
    }
}

extension QuantitySet {
    /// The time-stamp counter alone.
    static let timeStamp = Quantity.timeStamp.bit
}
