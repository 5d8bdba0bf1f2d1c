import Measures

/// The rate of the time-stamp counter: given by the processor, or measured against the monotonic clock.
struct TimeBase: Sendable {
    private let nominalHertz: Double?
    private var measuredHertz: Double?
    private var first: (ticks: UInt64, row: Int, at: MonotonicInstant)?

    /// Starts from what the processor gives, nil where it gives nothing.
    init(nominalHertz: Double?) { self.nominalHertz = nominalHertz }

    /// Ticks per second; nil until a first interval has been seen where the processor does not tell.
    var hertz: Double? { nominalHertz ?? measuredHertz }

    /// Measures anew from the next frame on; what was measured holds until then.
    mutating func restart() { first = nil }

    /// Adds a frame to the measurement, which is not needed where the processor tells. The longer it lasts, the less
    /// the moment matters at which the counter was read.
    mutating func observe(_ frame: CounterFrame) {
        guard nominalHertz == nil else { return }
        guard let first else {
            if let row = frame.present.indices.first(where: { frame[$0, .timeStamp] != nil }),
                let ticks = frame[row, .timeStamp]
            {
                first = (ticks, row, frame.takenAt)
            }
            return
        }
        guard let ticks = frame[first.row, .timeStamp], ticks > first.ticks else { return }
        let seconds = frame.takenAt.seconds(since: first.at)
        if seconds > 0 { measuredHertz = Double(ticks - first.ticks) / seconds }
    }
}
