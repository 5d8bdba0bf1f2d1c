/// How long the proxy waits, in seconds.
///
/// Deadlines are looked at every so often, not to the millisecond: at least four times within the shortest of them, and
/// at least once a second.
public struct ProxyTimeouts: Hashable, Sendable {
    /// For the whole head of a request, from its first byte; then it is answered 408.
    public var clientHead: Double
    /// For the next bytes of a request's body, and for a client to take in what was sent to it.
    public var clientIdle: Double
    /// For the next request on a connection that is kept alive.
    public var keepAlive: Double
    /// For a connection to a worker; then another worker is tried.
    public var connect: Double
    /// For the head of the worker's answer, from when the whole request was sent; then the answer is 504. The default
    /// lets OpenLambda install packages (300 s) and run the function (30 s).
    public var response: Double
    /// For the next bytes of the worker's answer, and for a worker to take in what was sent to it.
    public var workerIdle: Double
    /// How long a connection to a worker is kept without a request, where the worker does not name a shorter time.
    public var workerKeepAlive: Double

    /// Timeouts as described; all must be positive.
    public init(
        clientHead: Double = 10, clientIdle: Double = 60, keepAlive: Double = 60, connect: Double = 3,
        response: Double = 360, workerIdle: Double = 60, workerKeepAlive: Double = 30
    ) {
        self.clientHead = clientHead
        self.clientIdle = clientIdle
        self.keepAlive = keepAlive
        self.connect = connect
        self.response = response
        self.workerIdle = workerIdle
        self.workerKeepAlive = workerKeepAlive
    }

    var all: [(name: String, seconds: Double)] {
        [
            ("client head", clientHead), ("client idle", clientIdle), ("keep alive", keepAlive), ("connect", connect),
            ("response", response), ("worker idle", workerIdle), ("worker keep alive", workerKeepAlive),
        ]
    }
}
