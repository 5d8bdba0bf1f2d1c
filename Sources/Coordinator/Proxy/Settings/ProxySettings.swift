public import Routing

/// What stays as it is while the proxy runs.
public struct ProxySettings: Hashable, Sendable {
    /// Where it listens.
    public var listen: [ListenAddress]
    /// How much it takes in.
    public var limits = ProxyLimits()
    /// How long it waits.
    public var timeouts = ProxyTimeouts()
    /// The most requests at once to each worker, which is the most connections to it; nil where the workers' own
    /// capacities alone decide.
    public var connectionsPerWorker: Int?
    /// The most connections to each worker that are kept without a request, on each event loop.
    public var idleConnectionsPerWorker = 256
    /// How many requests may wait for a worker.
    public var queueCapacity = 1024
    /// How long each may wait, in seconds.
    public var queuePatienceSeconds = 30.0
    /// When failures take a worker out.
    public var health = HealthRules()
    /// How workers are asked whether they are well; nil when only their answers to requests tell.
    public var healthCheck: HealthCheck?
    /// When a request is sent to another worker.
    public var retries = RetryRule()
    /// Where each request leaves a line; nil for nowhere.
    public var accessLog: AccessLogSettings?
    /// Who is believed what it says of the client: from any other peer, X-Forwarded-For, -Proto and -Host are replaced.
    public var trustedProxies: [AddressRange] = []
    /// How many threads move bytes.
    public var eventLoops = 1
    /// How long requests under way have to end after the order to shut down, in seconds; then they are cut off.
    public var drainSeconds = 30.0

    /// Defaults for everything but where to listen.
    public init(listen: [ListenAddress]) {
        self.listen = listen
    }

    /// Throws `ProxyError` naming the first value that is not allowed.
    public func validate() throws(ProxyError) {
        guard !listen.isEmpty else {
            throw ProxyError("the proxy has no address to listen on: allowed is one and more")
        }
        for (name, value) in counts where value < 1 {
            throw ProxyError("\(name) is \(value): allowed is 1 and more")
        }
        guard queueCapacity >= 0 else {
            throw ProxyError("the queue's capacity is \(queueCapacity): allowed is 0 and more")
        }
        for (name, seconds) in durations where !(seconds > 0 && seconds <= 86_400) {
            throw ProxyError("the proxy's time \"\(name)\" is \(seconds) s: allowed is above 0, up to 86400")
        }
        if let path = healthCheck?.path, !path.hasPrefix("/") || !path.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) {
            throw ProxyError("the health check's path is \"\(path)\": allowed is a path that begins with /")
        }
    }

    private var counts: [(String, Int)] {
        [
            ("the limit of a head's bytes", limits.headBytes), ("the limit of a target's bytes", limits.targetBytes),
            ("the limit of a body's bytes", limits.bodyBytes ?? 1), ("the limit of held bytes", limits.heldBodyBytes),
            ("the limit of client connections", limits.clientConnections ?? 1),
            ("the number of measured functions", limits.measuredFunctions),
            ("the number of connections to a worker", connectionsPerWorker ?? 1),
            ("the number of idle connections to a worker", idleConnectionsPerWorker),
            ("the number of attempts", retries.attempts), ("the number of event loops", eventLoops),
            ("the number of healthy answers", healthCheck?.healthyAfter ?? 1),
            ("the number of unhealthy answers", healthCheck?.unhealthyAfter ?? 1),
        ]
    }

    private var durations: [(name: String, seconds: Double)] {
        timeouts.all + [
            ("queue patience", queuePatienceSeconds), ("drain", drainSeconds),
            ("health check interval", healthCheck?.intervalSeconds ?? 1),
            ("health check timeout", healthCheck?.timeoutSeconds ?? 1),
        ]
    }
}
