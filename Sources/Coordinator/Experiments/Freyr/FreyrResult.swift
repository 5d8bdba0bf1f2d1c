public import FaaSSimulation
internal import Harvesting
internal import Learning
internal import Measures

/// What `reeve experiment freyr --json` writes.
public struct FreyrResult: Sendable, Codable {
    /// What the runs were made of.
    public struct Inputs: Sendable, Hashable, Codable {
        /// The trace.
        public let trace: String
        /// The seeds.
        public let seeds: [UInt64]
        /// Calls in the trace, and in each run.
        public let recordedCalls, calls: Int
        /// The most calls of one function in one slot of the trace; absent where all are kept.
        public let callsPerFunctionAndSlot: Int?
        /// How many calls of one function run at once on average, at most; absent where there is no such bound.
        public let runningPerFunction: Double?
        /// The users' amounts are needs times numbers from here to there.
        public let leastAllocationFactor, largestAllocationFactor: Double
        /// What was left out of the trace, and how everything was drawn that it does not tell, by subject.
        public let drawn: [String: String]
        /// Seconds that a slot of the trace lasts, seed by seed; absent for traces with times.
        public let slotSeconds: [Double]?
        /// Servers and what each of them has.
        public let servers, serverMillicores, serverMebibytes: Int
    }

    /// Where Freyr's policy comes from.
    public struct Policy: Sendable, Hashable, Codable {
        /// The seed of its training.
        public let seed: UInt64
        /// What it was trained on, and the command.
        public let input, command: String
        /// Seconds that the training took; absent when it was not trained here.
        public let trainingSeconds: Double?
    }

    /// The spread of one manager's figures over the seeds.
    public struct Spread: Sendable, Hashable, Codable {
        /// The least value, the quartiles, and the largest value of each figure.
        public let minimum, lower, median, upper, maximum: FreyrFigures

        init(_ figures: [FreyrFigures]) {
            minimum = FreyrFigures(of: figures) { Quartiles($0)?.minimum }
            lower = FreyrFigures(of: figures) { Quartiles($0)?.lower }
            median = FreyrFigures(of: figures) { Quartiles($0)?.median }
            upper = FreyrFigures(of: figures) { Quartiles($0)?.upper }
            maximum = FreyrFigures(of: figures) { Quartiles($0)?.maximum }
        }
    }

    /// One run's figures.
    public struct Entry: Sendable, Hashable, Codable {
        /// Who decided.
        public let subject: FreyrSubject
        /// The seed.
        public let seed: UInt64
        /// What came of it.
        public let figures: FreyrFigures
        /// Simulated calls per second.
        public let callsPerSecond: Double
    }

    /// Always "freyr".
    public var experiment = "freyr"
    /// What the runs were made of.
    public let inputs: Inputs
    /// Where Freyr's policy comes from; absent where Freyr was not asked.
    public let policy: Policy?
    /// The medians over the seeds, by manager; the oracle, which knows each call's demand, is `ceiling` too.
    public let results: [FreyrSubject: FreyrFigures]
    /// The oracle's medians; absent when it was not asked.
    public let ceiling: FreyrFigures?
    /// The spread over the seeds, by manager.
    public let spread: [FreyrSubject: Spread]
    /// Every run.
    public let trace: [Entry]
    /// Seconds that all runs took.
    public let wallSeconds: Double
    /// Where it ran.
    public let machine: MachineDescription
    /// The project's version.
    public let version: String

    /// The result of `runs` of `experiment`, which must be at least one.
    ///
    /// - Throws: `FaaSError` when the trace makes no workload.
    public init(
        _ runs: [FreyrRun], of experiment: FreyrExperiment, trainingSeconds: Double?, version: String
    ) throws(FaaSError) {
        var seeds: [UInt64] = []
        for run in runs where !seeds.contains(run.seed) { seeds.append(run.seed) }
        inputs = try Inputs(experiment.setting, seeds: seeds)
        let origin = experiment.policy
        policy = runs.contains { $0.subject == .freyr }
            ? Policy(seed: origin.seed, input: origin.input, command: origin.command, trainingSeconds: trainingSeconds)
            : nil
        let bySubject = Dictionary(grouping: runs, by: \.subject).mapValues { $0.map { FreyrFigures($0) } }
        results = bySubject.mapValues { FreyrFigures.median(of: $0) }
        ceiling = results[.oracle]
        spread = bySubject.mapValues { Spread($0) }
        trace = runs.map { run in
            Entry(
                subject: run.subject, seed: run.seed, figures: FreyrFigures(run),
                callsPerSecond: run.wallSeconds > 0 ? Double(run.metrics.calls) / run.wallSeconds : 0)
        }
        wallSeconds = runs.reduce(0) { $0 + $1.wallSeconds }
        machine = .current
        self.version = version
    }
}

extension FreyrResult.Inputs {
    init(_ setting: FreyrSetting, seeds: [UInt64]) throws(FaaSError) {
        var slotSeconds: [Double] = []
        var calls = 0
        var recordedCalls = 0
        var rules: [String: String] = [:]
        for seed in seeds {
            let workload = try setting.workload(seed: seed)
            for (name, value) in workload.facts where name != "Seed" && name != "Pace" { rules[name] = value }
            calls = workload.calls
            recordedCalls = workload.recordedCalls
            if let seconds = workload.slotSeconds { slotSeconds.append(seconds) }
        }
        trace = setting.name
        self.seeds = seeds
        self.calls = calls
        self.recordedCalls = recordedCalls
        callsPerFunctionAndSlot = setting.workload.callsPerFunctionAndSlot
        leastAllocationFactor = setting.workload.allocationFactor.lowerBound
        largestAllocationFactor = setting.workload.allocationFactor.upperBound
        runningPerFunction = setting.workload.runningPerFunction
        drawn = rules
        self.slotSeconds = slotSeconds.isEmpty ? nil : slotSeconds
        servers = setting.cluster.servers
        serverMillicores = setting.cluster.serverCapacity.millicores
        serverMebibytes = setting.cluster.serverCapacity.mebibytes
    }
}
