/// How a node's counters are to be read.
public struct CounterSettings: Hashable, Sendable {
    /// Which ways to raw counters are tried.
    public var preference: SourcePreference
    /// Whether no control register may be written: only counters that run by themselves are read then, perf events and
    /// the kernel's accounting.
    public var isReadOnly: Bool
    /// How often each kind of counter is read.
    public var periods: SamplingPeriods
    /// A file that keeps what the control registers held, so that a reader started after this one was killed still puts
    /// that back; nil keeps nothing.
    public var claimRecord: String?
    /// The CPUs of each guest that is to have samples of its own.
    public var guests: [CPUView]

    /// Settings as given.
    public init(
        preference: SourcePreference = .auto, isReadOnly: Bool = false,
        periods: SamplingPeriods = SamplingPeriods(tick: 0.01, slow: 0), claimRecord: String? = nil,
        guests: [CPUView] = []
    ) {
        self.preference = preference
        self.isReadOnly = isReadOnly
        self.periods = periods
        self.claimRecord = claimRecord
        self.guests = guests
    }
}
