public import Topology

/// What one run of the model showed.
public struct RouterRun: Sendable {
    /// One request.
    public struct Request: Sendable, Hashable {
        /// What was called.
        public let function: FunctionName
        /// When it was issued, in milliseconds from the start.
        public let issuedMilliseconds: Double
        /// How long it took, in milliseconds.
        public let latencyMilliseconds: Double
        /// The place of the worker that answered it.
        public let worker: Int
    }

    /// Every request, in the order of their ends.
    public let requests: [Request]
    /// How many packages were installed, over all workers.
    public let installs: Int
    /// The most requests that were under way at once.
    public let peakInFlight: Int

    /// When the last request ended, in milliseconds from the start.
    public var idleMilliseconds: Double {
        requests.map { $0.issuedMilliseconds + $0.latencyMilliseconds }.max() ?? 0
    }

    /// The requests that ended within the thesis' five minutes.
    public var completed: [Request] {
        requests.filter { $0.issuedMilliseconds + $0.latencyMilliseconds <= RouterLoad.windowMilliseconds }
    }

    /// The latency that `share` of the requests do not exceed (nearest rank), in milliseconds; 0 without requests.
    public func latency(atShare share: Double) -> Double {
        let sorted = requests.map(\.latencyMilliseconds).sorted()
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank - 1, 0), sorted.count - 1)]
    }
}
