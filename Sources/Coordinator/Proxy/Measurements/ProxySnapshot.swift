public import Measures
public import Routing
public import Topology

/// What the proxy and its workers were doing at one moment.
public struct ProxySnapshot: Sendable {
    /// One worker.
    public struct Worker: Sendable {
        /// What the operator says of it.
        public var specification: WorkerSpecification
        /// Whether it takes requests.
        public var state: WorkerState
        /// Until when it wants no more, because it said that it is full; nil when it did not.
        public var fullUntil: MonotonicInstant?
        /// The requests that are with it.
        public var inFlight: Int
        /// How those that were sent to it ended.
        public var outcomes: OutcomeCounts
        /// How many packages it is known to have.
        public var knownPackages: Int
        /// From sending a request to the end of its answer; those that succeeded or failed in the function.
        public var latency: LatencyHistogram
    }

    /// One function.
    public struct Function: Sendable {
        /// Its name; nil for all those together that came when there was no place for more names.
        public var name: FunctionName?
        /// How requests of it that were sent ended.
        public var outcomes: OutcomeCounts
        /// From the request's arrival to the end of its answer, waiting included.
        public var latency: LatencyHistogram
    }

    /// When it was taken, on the clock that the states' instants are of.
    public var takenAt: MonotonicInstant
    /// The workers in the order of their list; those removed as long as they have requests.
    public var workers: [Worker]
    /// The functions in the order of their names.
    public var functions: [Function]
    /// How many requests wait.
    public var waiting: Int
    /// Requests answered by the proxy itself, by reason; only reasons that have occurred.
    public var refused: [RefusalReason: UInt64]
    /// Requests answered, by the first digit of the status: 2 for 200 to 299, and so on.
    public var answersByStatusClass: [Int: UInt64]
    /// Requests that a worker did not serve and that were sent again.
    public var resent: UInt64
    /// Connections of clients that are open.
    public var clientConnections: Int
    /// Connections to workers that are open.
    public var workerConnections: Int
    /// Lines of the access log that were lost because they could not be written as fast as they came.
    public var lostLogLines: UInt64
}

/// How requests that were sent to workers ended, counted.
public struct OutcomeCounts: Hashable, Sendable {
    /// Answered, and well.
    public var succeeded: UInt64 = 0
    /// Answered with a status from 500 on: the function failed.
    public var functionFailed: UInt64 = 0
    /// Not answered, or not to the end.
    public var workerFailed: UInt64 = 0
    /// Turned away because the worker was full.
    public var full: UInt64 = 0
    /// Left by the client.
    public var abandoned: UInt64 = 0

    /// None.
    public init() {}

    mutating func count(_ outcome: RequestOutcome) {
        switch outcome {
        case .succeeded: succeeded += 1
        case .functionFailed: functionFailed += 1
        case .workerFailed: workerFailed += 1
        case .full: full += 1
        case .abandoned: abandoned += 1
        }
    }
}

/// Why the proxy answered a request itself; the raw values serve as labels.
public enum RefusalReason: String, Hashable, Sendable, CaseIterable {
    /// The request breaks RFC 9112 or RFC 9110, or is ambiguous: 400, 408, 413, 414, 417, 431, 501 or 505.
    case badRequest = "bad_request"
    /// Its path is none of a function: 404.
    case notFound = "not_found"
    /// There is no worker: 503.
    case noWorkers = "no_workers"
    /// No worker takes requests: 503.
    case noneInService = "none_in_service"
    /// Every worker is full, and so is the queue: 503.
    case queueFull = "queue_full"
    /// It has waited for as long as it may: 503.
    case waitedTooLong = "waited_too_long"
    /// The worker could not be reached, or broke off before an answer: 502.
    case workerFailed = "worker_failed"
    /// The worker's answer breaks RFC 9112, or is ambiguous: 502.
    case badAnswer = "bad_answer"
    /// The worker did not answer in time: 504.
    case workerTimeout = "worker_timeout"
}
