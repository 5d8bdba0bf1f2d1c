public import FaaSSimulation
public import Harvesting
public import Learning
public import Measures

/// The published simulation of Freyr (draft of the WWW 2022 paper), rebuilt: managers decide on the same calls, seed by
/// seed, and are judged by what became of them.
public struct FreyrExperiment: Sendable {
    /// What it runs on.
    public let setting: FreyrSetting
    /// The policy that Freyr acts on.
    public let policy: TrainedPolicy
    /// By what gains, harm and held amounts are weighed against each other in `FreyrRun.meanReward`.
    public let reward: FreyrReward

    /// An experiment as described.
    public init(setting: FreyrSetting, policy: TrainedPolicy, reward: FreyrReward = FreyrReward()) {
        self.setting = setting
        self.policy = policy
        self.reward = reward
    }

    /// Runs the workload of `seed` under `subject`; `time` measures how long that takes, and `sink` is given every
    /// record.
    ///
    /// - Throws: `FaaSError` when the trace makes no workload, `LearningError` when the policy is not one of Freyr's.
    public func run<Sink: InvocationSink>(
        _ subject: FreyrSubject, seed: UInt64, time: any TimeSource = SystemTime(), sink: inout Sink
    ) throws -> FreyrRun {
        let workload = try setting.workload(seed: seed)
        var cluster = try setting.cluster(for: workload)
        var stream = workload.stream()
        var gathering = FreyrSink(reward: reward, next: sink)
        let started = time.now
        try serve(subject, &cluster, &stream, &gathering)
        let wallSeconds = time.now.seconds(since: started)
        sink = gathering.next
        return FreyrRun(
            subject: subject, seed: seed, metrics: gathering.metrics, utilisation: cluster.utilisation,
            meanCharge: gathering.meanCharge, meanReward: gathering.meanReward, wallSeconds: wallSeconds)
    }

    /// The same without a sink.
    public func run(_ subject: FreyrSubject, seed: UInt64, time: any TimeSource = SystemTime()) throws -> FreyrRun {
        var sink = DiscardedRecords()
        return try run(subject, seed: seed, time: time, sink: &sink)
    }

    private func serve<Sink: InvocationSink>(
        _ subject: FreyrSubject, _ cluster: inout FaaSCluster, _ stream: inout WorkloadStream, _ sink: inout Sink
    ) throws(LearningError) {
        let grid = setting.workload.grid
        switch subject {
        case .fixed: serve(FixedManager(), &cluster, &stream, &sink)
        case .greedy: serve(GreedyManager(grid: grid), &cluster, &stream, &sink)
        case .ensure: serve(ENSUREManager(grid: grid), &cluster, &stream, &sink)
        case .everything: serve(EverythingManager(most: grid.maximum), &cluster, &stream, &sink)
        case .freyr:
            serve(try FreyrManager(policy: policy.policy, inputs: setting.inputs), &cluster, &stream, &sink)
        case .oracle:
            var oracle = OracleManager()
            cluster.serve(&stream, clairvoyant: &oracle, sink: &sink)
        }
    }

    private func serve<Manager: ResourceManager, Sink: InvocationSink>(
        _ manager: Manager, _ cluster: inout FaaSCluster, _ stream: inout WorkloadStream, _ sink: inout Sink
    ) {
        var manager = manager
        cluster.serve(&stream, manager: &manager, sink: &sink)
    }
}
