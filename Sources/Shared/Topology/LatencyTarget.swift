/// The end-to-end latency that a workflow's requests are meant to stay within (their QoS).
public struct LatencyTarget: Hashable, Sendable, Codable {
    /// The target, in seconds; positive and finite.
    public let seconds: Double

    /// Takes a positive, finite number of seconds; throws `TopologyError` with the value otherwise.
    public init(seconds: Double) throws(TopologyError) {
        guard seconds > 0, seconds.isFinite else {
            throw TopologyError("a latency target of \(seconds) s is not possible: allowed is any positive number of seconds")
        }
        self.seconds = seconds
    }

    /// The QoS quotient La/Lt: 1 is exactly on target, more is a violation (Darly thesis, section 5.4).
    public func quotient(ofLatencySeconds latency: Double) -> Double { latency / seconds }

    /// Whether a request that took `latency` seconds kept the target; being exactly on it counts as kept (eq. 5.1).
    public func isMet(byLatencySeconds latency: Double) -> Bool { latency <= seconds }
}
