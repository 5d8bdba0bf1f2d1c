import Measures
public import Proxy
import Routing
import Topology

/// What `reeve routes` shows: the workers, and what the proxy has done.
public struct RoutesAnswer: Codable, Sendable {
    /// How requests that were sent ended, counted since the start.
    public struct Outcomes: Codable, Sendable {
        /// Answered, and well.
        public var succeeded: UInt64
        /// Answered with a status from 500 on: the function failed.
        public var functionFailed: UInt64
        /// Not answered, or not to the end.
        public var workerFailed: UInt64
        /// Turned away because the worker was full.
        public var full: UInt64
        /// Left by the client.
        public var abandoned: UInt64

        init(_ counts: OutcomeCounts) {
            succeeded = counts.succeeded
            functionFailed = counts.functionFailed
            workerFailed = counts.workerFailed
            full = counts.full
            abandoned = counts.abandoned
        }

        /// How many have ended.
        public var total: UInt64 { succeeded + functionFailed + workerFailed + full + abandoned }
    }

    /// How long requests took, in seconds, as the upper bound of the bucket that the quantile lies in, of which there
    /// are four to a doubling; what is beyond 275 s is told as that. Absent before the first request.
    public struct Latency: Codable, Sendable {
        /// The median.
        public var p50Seconds: Double?
        /// What one request in a hundred exceeds.
        public var p99Seconds: Double?
        /// The mean.
        public var meanSeconds: Double?

        /// JSON has no infinity.
        private static let longest = Double(UInt64(1) << 38) * 1e-9

        init(_ histogram: LatencyHistogram) {
            p50Seconds = histogram.seconds(atQuantile: 0.5).map { min($0, Self.longest) }
            p99Seconds = histogram.seconds(atQuantile: 0.99).map { min($0, Self.longest) }
            meanSeconds = histogram.count == 0 ? nil : histogram.sumSeconds / Double(histogram.count)
        }
    }

    /// One worker.
    public struct Worker: Codable, Sendable {
        /// Where it is reached.
        public var url: String
        /// What it speaks.
        public var kind: String
        /// Its share of requests.
        public var weight: Int
        /// The most requests it may have at once; absent where there is no such limit.
        public var capacity: Int?
        /// The node it runs on; absent where it is not known.
        public var node: String?
        /// "active", "probation", "ejected", "draining" or "removed".
        public var state: String
        /// Seconds until it may be back, of one that is ejected; seconds since the order, of one that drains or is
        /// removed.
        public var stateSeconds: Double?
        /// Failures in a row, of one that is active; ejections in a row, of one that is ejected or on probation.
        public var failures: Int?
        /// Seconds for which it wants nothing more because it is full; absent where it is not.
        public var fullSeconds: Double?
        /// The requests that are with it.
        public var inFlight: Int
        /// How those that were sent to it ended.
        public var outcomes: Outcomes
        /// From sending a request to the end of its answer.
        public var latency: Latency
        /// How many packages it is known to have.
        public var knownPackages: Int

        init(_ worker: ProxySnapshot.Worker, at now: MonotonicInstant) {
            url = worker.specification.address.text
            kind = worker.specification.kind.rawValue
            weight = worker.specification.weight
            capacity = worker.specification.capacity
            node = worker.specification.node?.rawValue
            inFlight = worker.inFlight
            outcomes = Outcomes(worker.outcomes)
            latency = Latency(worker.latency)
            knownPackages = worker.knownPackages
            fullSeconds = worker.fullUntil.flatMap { $0 > now ? $0.seconds(since: now) : nil }
            switch worker.state {
            case .active(let recent): (state, failures) = ("active", recent.count)
            case .probation(let ejections): (state, failures) = ("probation", ejections)
            case .ejected(let until, let ejections):
                (state, failures) = ("ejected", ejections)
                stateSeconds = until.seconds(since: now)
            case .draining(let since):
                state = "draining"
                stateSeconds = now.seconds(since: since)
            case .removed(let since):
                state = "removed"
                stateSeconds = now.seconds(since: since)
            }
        }
    }

    /// The balancer in force.
    public var balancer: String
    /// The workers in the order of their list; those removed as long as they have requests.
    public var workers: [Worker]
    /// How many requests wait.
    public var waiting: Int
    /// Requests that the proxy answered itself, by reason; only reasons that have occurred.
    public var refused: [String: UInt64]
    /// Requests answered, by class of their status: "2xx" and so on.
    public var answers: [String: UInt64]
    /// Requests that a worker did not serve and that were sent again.
    public var resent: UInt64
    /// Connections of clients, and to workers, that are open.
    public var clientConnections, workerConnections: Int
    /// Lines of the access log that were lost.
    public var lostLogLines: UInt64

    /// What `snapshot` tells of a proxy that routes by `balancer`.
    public init(_ snapshot: ProxySnapshot, balancer: String) {
        self.balancer = balancer
        workers = snapshot.workers.map { Worker($0, at: snapshot.takenAt) }
        waiting = snapshot.waiting
        refused = Dictionary(uniqueKeysWithValues: snapshot.refused.map { ($0.key.rawValue, $0.value) })
        answers = Dictionary(uniqueKeysWithValues: snapshot.answersByStatusClass.map { ("\($0.key)xx", $0.value) })
        resent = snapshot.resent
        clientConnections = snapshot.clientConnections
        workerConnections = snapshot.workerConnections
        lostLogLines = snapshot.lostLogLines
    }
}
