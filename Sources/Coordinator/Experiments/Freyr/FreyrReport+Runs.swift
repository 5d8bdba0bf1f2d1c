public import FaaSSimulation
internal import Learning

extension FreyrReport {
    /// The report of `runs` of `experiment`, at least one, each with the sample of its calls.
    ///
    /// - Throws: `FaaSError` when the trace makes no workload.
    public init(_ runs: [FreyrRun], samples: [CallSample], of experiment: FreyrExperiment) throws(FaaSError) {
        precondition(!runs.isEmpty, "a report of at least one run")
        let setting = experiment.setting
        let workload = try setting.workload(seed: runs[0].seed)
        let origin = experiment.policy
        let policy = (name: "Freyr's policy", value: "trained on \(origin.input), seed \(origin.seed): \(origin.command)")
        self.init(
            runs: zip(runs, samples).map { run, sample in
                Run(
                    manager: run.subject.rawValue, seed: run.seed, metrics: run.metrics, utilisation: run.utilisation,
                    sample: sample)
            },
            conditions: Conditions(
                cluster: setting.cluster.replaying(speedup: workload.speedup), workload: workload, trace: setting.name,
                facts: [policy]))
    }
}
