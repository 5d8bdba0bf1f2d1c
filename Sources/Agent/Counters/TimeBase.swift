import Measures

/// The rate of the time-stamp counter: given by the processor, or measured against the monotonic clock.
struct TimeBase: Sendable {
    private let nominalHertz: Double?
    private var measuredHertz: Double?
    private var elapsedSeconds = 0.0
    private var elapsedTicks = 0.0

    /// Starts from what PLATFORM_INFO gives, nil where it gives nothing.
    init(nominalHertz: Double?) { self.nominalHertz = nominalHertz }

    /// Ticks per second; nil until a first interval has been seen where the processor does not tell.
    var hertz: Double? { nominalHertz ?? measuredHertz }

    /// Adds one interval to the measurement, which is not needed where the processor tells.
    mutating func observe(from old: CounterFrame, to new: CounterFrame) {
        guard nominalHertz == nil else { return }
        let row = old.present.indices.first { old[$0, .timeStamp] != nil && new[$0, .timeStamp] != nil }
        guard let row, let before = old[row, .timeStamp], let after = new[row, .timeStamp], after > before else {
            return
        }
        elapsedTicks += Double(after - before)
        elapsedSeconds += new.takenAt.seconds(since: old.takenAt)
        if elapsedSeconds > 0 { measuredHertz = elapsedTicks / elapsedSeconds }
    }
}
