public import Measures
public import RouterSimulation
public import Routing
import Topology

/// What the runs of one balancer showed: medians over the runs, in milliseconds where a name says Ms.
public struct OlschedulerSummary: Sendable, Equatable, Codable {
    /// The latencies of one function's requests, over all runs.
    public struct FunctionLatency: Sendable, Equatable, Codable {
        /// The function.
        public let function: String
        /// How many packages it needs.
        public let packages: Int
        /// Its requests' latencies, in milliseconds.
        public let quartilesMs: Quartiles
    }

    /// How many runs stand behind the figures: one for each seed, and for each salt where homes are dealt by hashing.
    public let runs: Int
    /// The mean over all requests.
    public let meanMs: Double
    /// The mean over the requests that ended within five minutes, which is all that the thesis' logs hold.
    public let meanCompletedMs: Double
    /// How many requests ended within five minutes.
    public let completed: Double
    /// How many requests there were.
    public let requests: Double
    /// The median, the 99th percentile (nearest rank) and the largest latency over all requests.
    public let medianMs, p99Ms, maxMs: Double
    /// Packages installed, over all workers.
    public let installs: Double
    /// The most requests under way at once.
    public let peakInFlight: Double
    /// When the last request ended, in seconds.
    public let idleSeconds: Double
    /// By function, in the order of their names.
    public let byFunction: [FunctionLatency]

    /// The summary of `runs`, of which there must be one, with functions of `registry`.
    public init(_ runs: [RouterRun], registry: PackageRegistry) {
        func median(_ value: (RouterRun) -> Double) -> Double { Quartiles(runs.map(value))?.median ?? .nan }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
        self.runs = runs.count
        meanMs = median { mean($0.requests.map(\.latencyMilliseconds)) }
        meanCompletedMs = median { mean($0.completed.map(\.latencyMilliseconds)) }
        completed = median { Double($0.completed.count) }
        requests = median { Double($0.requests.count) }
        medianMs = median { $0.latency(atShare: 0.5) }
        p99Ms = median { $0.latency(atShare: 0.99) }
        maxMs = median { $0.latency(atShare: 1) }
        installs = median { Double($0.installs) }
        peakInFlight = median { Double($0.peakInFlight) }
        idleSeconds = median { $0.idleMilliseconds / 1_000 }
        var latencies: [FunctionName: [Double]] = [:]
        for request in runs.lazy.flatMap(\.requests) {
            latencies[request.function, default: []].append(request.latencyMilliseconds)
        }
        byFunction = latencies.sorted { $0.key < $1.key }.compactMap { function, values in
            Quartiles(values).map {
                FunctionLatency(
                    function: function.rawValue, packages: registry.packages(of: function)?.count ?? 0, quartilesMs: $0)
            }
        }
    }
}
