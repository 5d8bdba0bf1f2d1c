public import Cluster
import Synchronization
public import Topology

/// Stands in front of a cluster's levers: a change goes through only while this coordinator leads and placement is not
/// paused, which is asked right before it. What is refused throws `ClusterError.refused` and names who leads.
public final class ControlGate: ClusterControl {
    private let cluster: any ClusterControl
    private let leadership: Leadership
    private let isPaused: @Sendable () -> Bool
    private let state = Mutex(State())

    private struct State {
        /// Changes that have gone through and not come back.
        var underWay = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// A gate in front of `cluster`.
    public init(_ cluster: any ClusterControl, leadership: Leadership, isPaused: @escaping @Sendable () -> Bool) {
        self.cluster = cluster
        self.leadership = leadership
        self.isPaused = isPaused
    }

    /// Where everything is; everybody may look.
    public func observe() async throws -> ClusterSnapshot { try await cluster.observe() }

    /// As the cluster does it, if it may be done.
    public func move(_ functions: [FunctionName], to node: NodeName) async throws {
        try await pass("moving \(Self.list(functions)) to \(node)") { try await cluster.move(functions, to: node) }
    }

    /// As the cluster does it, if it may be done.
    public func reschedule(_ functions: [FunctionName]) async throws -> NodeName {
        try await pass("rescheduling \(Self.list(functions))") { try await cluster.reschedule(functions) }
    }

    /// As the cluster does it, if it may be done.
    public func scale(_ functions: [FunctionName], to replicas: Int) async throws {
        try await pass("scaling \(Self.list(functions)) to \(replicas)") {
            try await cluster.scale(functions, to: replicas)
        }
    }

    /// Returns once no change is under way. With placement paused none begins afterwards.
    public func awaitQuiet() async {
        await withCheckedContinuation { continuation in
            let isQuiet = state.withLock { state in
                guard state.underWay > 0 else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isQuiet { continuation.resume() }
        }
    }

    private func pass<Success: Sendable>(
        _ what: String, _ change: () async throws -> Success
    ) async throws -> Success {
        // Asked and counted in one, so that nobody who has paused placement finds it quiet before this has begun.
        let objection = state.withLock { state -> String? in
            if isPaused() { return "placement is paused" }
            if let objection = leadership.objection { return objection }
            state.underWay += 1
            return nil
        }
        if let objection { throw ClusterError(.refused, "\(what) is refused: \(objection)") }
        defer { leave() }
        return try await change()
    }

    private func leave() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.underWay -= 1
            guard state.underWay == 0 else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private static func list(_ functions: [FunctionName]) -> String {
        functions.map(\.rawValue).joined(separator: ", ")
    }
}
