/// One run of the darly experiment: the object that `reeve experiment darly --json` writes.
public struct DarlyRun: Codable, Sendable, Equatable {
    /// What one phase of the experiment came to.
    public struct Phase: Codable, Sendable, Equatable {
        /// Scheduling steps, one workflow run each.
        public let steps: Int
        /// The runs under the loose latency target.
        public let loose: Served
        /// The runs under the strict latency target.
        public let strict: Served
        /// Mean over the steps of latency divided by target.
        public let meanQuotient: Double?
        /// Sum of the rewards.
        public let cumulativeReward: Double?
        /// The step from which on the scheduler behaves as at the end; absent where it never did or where nothing
        /// learns.
        public let stepsToConverge: Int?

        /// A phase of `steps` steps.
        public init(
            steps: Int, loose: Served, strict: Served, meanQuotient: Double?, cumulativeReward: Double?,
            stepsToConverge: Int?
        ) {
            self.steps = steps
            self.loose = loose
            self.strict = strict
            self.meanQuotient = meanQuotient
            self.cumulativeReward = cumulativeReward
            self.stepsToConverge = stepsToConverge
        }

        /// Runs over their target, loose and strict together.
        var violated: Int { loose.violated + strict.violated }
    }

    /// Workflow runs counted by whether they met their latency target.
    public struct Served: Codable, Sendable, Equatable {
        /// Runs that took at most their target.
        public let served: Int
        /// Runs that took longer.
        public let violated: Int

        /// The counts `served` and `violated`.
        public init(served: Int, violated: Int) {
            self.served = served
            self.violated = violated
        }

        /// All runs.
        var total: Int { served + violated }

        /// The part that met its target, in [0, 1]; nil when there were no runs.
        var share: Double? { total > 0 ? Double(served) / Double(total) : nil }
    }

    /// The best that was possible in the inference phase, found with knowledge that no scheduler has.
    public struct Ceiling: Codable, Sendable, Equatable {
        /// What one ceiling comes to.
        public struct Bound: Codable, Sendable, Equatable {
            /// With the fewest violations: the runs under the loose target.
            public let loose: Served
            /// With the fewest violations: the runs under the strict target.
            public let strict: Served
            /// The largest sum of rewards; in general of another sequence than the one with the fewest violations.
            public let cumulativeReward: Double

            /// The ceiling of these counts and this reward.
            public init(loose: Served, strict: Served, cumulativeReward: Double) {
                self.loose = loose
                self.strict = strict
                self.cumulativeReward = cumulativeReward
            }

            /// Runs over their target, loose and strict together.
            var violated: Int { loose.violated + strict.violated }
        }

        /// The best placement at each step, by exhaustive search.
        public let placement: Bound
        /// The best sequence of this scheduler's own actions from the same start, by dynamic programming.
        public let actions: Bound

        /// The two ceilings.
        public init(placement: Bound, actions: Bound) {
            self.placement = placement
            self.actions = actions
        }
    }

    /// One step: a decision, its workflow run and what came of it.
    public struct Step: Codable, Sendable, Equatable {
        /// Which part of the experiment the step belongs to.
        public enum Phase: String, Codable, Sendable {
            /// The learner explores and learns.
            case training
            /// The learner's parameters are frozen and it acts greedily.
            case inference
        }

        /// Number of the step.
        public let step: Int
        /// Its part of the experiment.
        public let phase: Phase
        /// The latency target of this step's run, seconds.
        public let qosSeconds: Double
        /// The run's end-to-end latency, seconds; absent when the run gave none.
        public let latencySeconds: Double?
        /// The action in words, such as `move framer to w02`; absent where the scheduler takes none.
        public let action: String?
        /// Whether the action was drawn at random; absent where no action was chosen.
        public let random: Bool?
        /// The reward of the step; absent when the run gave no latency.
        public let reward: Double?

        /// The step number `step` of `phase`.
        public init(
            step: Int, phase: Phase, qosSeconds: Double, latencySeconds: Double?, action: String?, random: Bool?,
            reward: Double?
        ) {
            self.step = step
            self.phase = phase
            self.qosSeconds = qosSeconds
            self.latencySeconds = latencySeconds
            self.action = action
            self.random = random
            self.reward = reward
        }

        /// The QoS quotient: latency over target (darly.md section 9); nil without a latency or a positive target.
        var quotient: Double? {
            guard let latencySeconds, qosSeconds > 0 else { return nil }
            return latencySeconds / qosSeconds
        }
    }

    /// Always `darly`.
    public let experiment: String
    /// The scheduler: fullmap, custom, kubernetes, oracle, native, blind, random or static.
    public let scheduler: String
    /// The scenario: thesis or crowded.
    public let scenario: String
    /// The hyper-parameter preset: thesis or reeve.
    public let preset: String
    /// The seed of everything random in the run.
    public let seed: UInt64
    /// The training phase; absent where nothing was trained or measured.
    public let training: Phase?
    /// The inference phase; absent where there was none.
    public let inference: Phase?
    /// The ceilings of the inference phase; absent where they were not computed.
    public let ceiling: Ceiling?
    /// All steps, in order.
    public let trace: [Step]
    /// How long the run took on the wall clock, seconds.
    public let wallSeconds: Double?
    /// The machine it ran on, such as CPU type and BLAS version by name.
    public let machine: [String: String]?
    /// The version of reeve.
    public let version: String?

    /// A run of `scheduler` under `seed`.
    public init(
        scheduler: String, scenario: String, preset: String, seed: UInt64, training: Phase?, inference: Phase?,
        ceiling: Ceiling?, trace: [Step], wallSeconds: Double?, machine: [String: String]?, version: String?
    ) {
        experiment = "darly"
        self.scheduler = scheduler
        self.scenario = scenario
        self.preset = preset
        self.seed = seed
        self.training = training
        self.inference = inference
        self.ceiling = ceiling
        self.trace = trace
        self.wallSeconds = wallSeconds
        self.machine = machine
        self.version = version
    }

    /// The steps of `phase`, counted from 0 whatever number the trace gave the first.
    func steps(of phase: Step.Phase) -> [(index: Int, step: Step)] {
        let chosen = trace.filter { $0.phase == phase }
        guard let first = chosen.map(\.step).min() else { return [] }
        return chosen.map { ($0.step - first, $0) }
    }

    /// The summary of `phase`.
    func summary(of phase: Step.Phase) -> Phase? {
        switch phase {
        case .training: training
        case .inference: inference
        }
    }
}
