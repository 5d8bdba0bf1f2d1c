public import FaaSSimulation
internal import Harvesting

/// What the freyr experiment runs on: a trace, and what is made of it.
public struct FreyrSetting: Sendable {
    /// The calls as recorded.
    public var trace: RecordedTrace
    /// What the trace is called in results.
    public var name: String
    /// How a workload is made of the trace; its seed is replaced by that of each run.
    public var workload: WorkloadParameters
    /// The servers.
    public var cluster: ClusterParameters

    /// The published simulation's cluster, and this project's workload of `trace`.
    public init(
        trace: RecordedTrace, name: String, workload: WorkloadParameters = WorkloadParameters(seed: 1),
        cluster: ClusterParameters = .published
    ) {
        self.trace = trace
        self.name = name
        self.workload = workload
        self.cluster = cluster
    }

    /// The trace in the folder or file `path`, called by its last part.
    public init(path: String) throws(FaaSError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        self.init(trace: try RecordedTrace(path: path), name: name)
    }

    /// The calls of the run with `seed`.
    func workload(seed: UInt64) throws(FaaSError) -> Workload {
        var parameters = workload
        parameters.seed = seed
        return try Workload(trace, parameters)
    }

    /// An empty cluster for `workload`.
    func cluster(for workload: Workload) throws(FaaSError) -> FaaSCluster {
        try FaaSCluster(cluster.replaying(speedup: workload.speedup), functions: workload.functions)
    }

    /// What Freyr is told in this cluster.
    var inputs: FreyrInputs { FreyrInputs(grid: workload.grid, capacity: cluster.capacity) }
}
