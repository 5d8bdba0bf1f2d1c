public import Harvesting

/// A simulated cluster: its servers, and how long they keep what has run.
public struct ClusterParameters: Sendable, Hashable {
    /// How many servers there are.
    public var servers: Int
    /// What each of them has.
    public var serverCapacity: Resources
    /// How long an instance stays warm after its call, in seconds of the run.
    public var keepAliveSeconds: Double
    /// Whether a server lends what nobody has reserved.
    public var lendsUnreserved: Bool
    /// How long the window is in which use is watched. A call whose use comes near what it has is noticed at the end of
    /// the window in which its execution began.
    public var windowSeconds: Double
    /// From which share of what a call has its use is near it.
    public var nearShare: Double
    /// How many windows pass at most between two looks at a call that may be accelerated in flight. The first look is
    /// at the end of the first window; each later one lets twice as many windows pass, up to this.
    public var mostWindowsBetweenLooks: Int
    /// Whether every call is placed where what its manager wants lies idle, and not those alone whose decisions say so:
    /// for comparisons on equal terms.
    public var placesAllByWish: Bool
    /// How many later calls may start before one that waits and for which there is no room; 0 makes lines strictly
    /// first in, first out. It bounds, too, how many of a line are looked at.
    public var mostPassed: Int

    /// The published simulation: 20 workers of 8 cores and 2 GiB (draft of the Freyr paper); instances stay warm for
    /// ten minutes, as OpenWhisk keeps them, and Freyr's simulator for ten columns of a minute each; windows of 100 ms
    /// and a threshold of 90 % (Freyr).
    public static let published = Self()

    /// A cluster of these properties; the defaults are those of the published simulation.
    public init(
        servers: Int = 20, serverCapacity: Resources = Resources(millicores: 8_000, mebibytes: 2_048),
        keepAliveSeconds: Double = 600, lendsUnreserved: Bool = true, windowSeconds: Double = 0.1,
        nearShare: Double = 0.9, mostWindowsBetweenLooks: Int = 10, placesAllByWish: Bool = false,
        mostPassed: Int = 1_000
    ) {
        self.servers = servers
        self.serverCapacity = serverCapacity
        self.keepAliveSeconds = keepAliveSeconds
        self.lendsUnreserved = lendsUnreserved
        self.windowSeconds = windowSeconds
        self.nearShare = nearShare
        self.mostWindowsBetweenLooks = mostWindowsBetweenLooks
        self.placesAllByWish = placesAllByWish
        self.mostPassed = mostPassed
    }

    /// What all servers have together.
    public var capacity: Resources {
        Resources(millicores: serverCapacity.millicores * servers, mebibytes: serverCapacity.mebibytes * servers)
    }

    /// The same cluster for a workload that is replayed `speedup` times as fast as it was recorded: instances stay warm
    /// for the same stretch of the trace.
    public func replaying(speedup: Double) -> Self {
        var parameters = self
        parameters.keepAliveSeconds /= speedup
        return parameters
    }

    /// Refuses what makes no cluster for `functions`.
    func validate(for functions: [FunctionModel]) throws(FaaSError) {
        guard servers > 0, servers <= Self.mostServers else {
            throw FaaSError(.invalidParameter, "servers is \(servers); allowed is 1 to \(Self.mostServers)")
        }
        guard serverCapacity.millicores > 0, serverCapacity.mebibytes > 0 else {
            throw FaaSError(
                .invalidParameter,
                "a server has \(serverCapacity.millicores) millicores and \(serverCapacity.mebibytes) MiB; both must be"
                    + " positive")
        }
        guard keepAliveSeconds >= 0, windowSeconds > 0, windowSeconds.isFinite else {
            throw FaaSError(
                .invalidParameter,
                "keepAliveSeconds is \(keepAliveSeconds) and windowSeconds is \(windowSeconds); allowed is 0 or"
                    + " more and a finite number above 0")
        }
        guard mostWindowsBetweenLooks >= 1 else {
            throw FaaSError(
                .invalidParameter, "mostWindowsBetweenLooks is \(mostWindowsBetweenLooks); allowed is 1 or more")
        }
        guard mostPassed >= 0 else {
            throw FaaSError(.invalidParameter, "mostPassed is \(mostPassed); allowed is 0 or more")
        }
        guard nearShare > 0, nearShare <= 1 else {
            throw FaaSError(.invalidParameter, "nearShare is \(nearShare); allowed is more than 0 and at most 1")
        }
        guard !functions.isEmpty else { throw FaaSError(.empty, "there are no functions to simulate") }
        for (place, function) in functions.enumerated() where !function.user.fits(in: serverCapacity) {
            throw FaaSError(
                .invalidParameter,
                "function \(place) needs \(function.user.millicores) millicores and \(function.user.mebibytes) MiB,"
                    + " more than a server has: \(serverCapacity.millicores) and \(serverCapacity.mebibytes)")
        }
    }

    /// As many as keep the tables of servers and functions small.
    static let mostServers = 10_000
}
