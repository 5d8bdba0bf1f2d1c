/// How workers are asked whether they are well.
public struct HealthCheck: Hashable, Sendable {
    /// The path that is asked; nil for what is usual for the worker's kind.
    public var path: String?
    /// How often each worker is asked, in seconds.
    public var intervalSeconds: Double
    /// How long a worker has for its answer, in seconds.
    public var timeoutSeconds: Double
    /// So many answers 200 to 399 in a row bring an ejected worker back, on probation. HAProxy's `rise`.
    public var healthyAfter: Int
    /// So many failures in a row eject a worker. HAProxy's `fall`.
    public var unhealthyAfter: Int

    /// A check as described; all numbers must be positive.
    public init(
        path: String? = nil, intervalSeconds: Double = 2, timeoutSeconds: Double = 2, healthyAfter: Int = 2,
        unhealthyAfter: Int = 3
    ) {
        self.path = path
        self.intervalSeconds = intervalSeconds
        self.timeoutSeconds = timeoutSeconds
        self.healthyAfter = healthyAfter
        self.unhealthyAfter = unhealthyAfter
    }
}
