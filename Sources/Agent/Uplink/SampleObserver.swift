public import Measures

/// Who else is shown what an uplink sends, on the uplink's thread.
public protocol SampleObserver {
    /// Takes one reading per node, in the uplink's order, the agent's own columns included; all were taken at `instant`.
    mutating func observe(_ readings: [NodeReading], takenAt instant: MonotonicInstant)

    /// Called once, when the uplink ends.
    mutating func close()
}
