public import Proxy
public import Routing
import Topology

/// What `reeve routes functions` shows.
public struct RouteFunctionsAnswer: Codable, Sendable {
    /// One function.
    public struct Function: Codable, Sendable {
        /// Its name; absent for all those together that came when there was no place for more.
        public var function: String?
        /// How requests of it that were sent ended.
        public var outcomes: RoutesAnswer.Outcomes
        /// From the request's arrival to the end of its answer, waiting included.
        public var latency: RoutesAnswer.Latency
    }

    /// The functions by name.
    public var functions: [Function]

    /// What `snapshot` tells.
    public init(_ snapshot: ProxySnapshot) {
        functions = snapshot.functions.map { function in
            Function(
                function: function.name?.rawValue, outcomes: RoutesAnswer.Outcomes(function.outcomes),
                latency: RoutesAnswer.Latency(function.latency))
        }
    }
}

/// What `reeve routes add`, `remove` and `drain` show: the worker as it is afterwards.
public struct RouteChangeAnswer: Codable, Sendable {
    /// Where the worker is reached.
    public var url: String
    /// "active", "probation", "ejected", "draining" or "removed".
    public var state: String
    /// The requests that are with it.
    public var inFlight: Int

    /// What `snapshot` tells of the worker at `address`; a worker that it does not know has gone.
    public init(_ address: WorkerAddress, in snapshot: ProxySnapshot) {
        let worker = snapshot.workers.first { $0.specification.address == address }
            .map { RoutesAnswer.Worker($0, at: snapshot.takenAt) }
        url = address.text
        state = worker?.state ?? "removed"
        inFlight = worker?.inFlight ?? 0
    }
}

/// What `reeve routes reload` shows.
public struct RouteReloadAnswer: Codable, Sendable {
    /// The workers that came, that went, and that have changed.
    public var added, removed, changed: [String]
    /// How many workers and functions the files name.
    public var workers, functions: Int
    /// The balancer in force.
    public var balancer: String
    /// What the operator should know besides, one sentence each.
    public var remarks: [String]
}
