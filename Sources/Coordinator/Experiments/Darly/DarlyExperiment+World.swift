import Cluster
import Learning
import Placement
import Simulation
import Topology

extension DarlyExperiment {
    /// The parts of one experiment that training and inference share.
    struct World {
        private let experiment: DarlyExperiment
        private let topology: SchedulingTopology
        private let space: any ActionSpace

        init(_ experiment: DarlyExperiment) throws {
            self.experiment = experiment
            topology = try VideoWorkflow.topology(nodes: LatencyModel().parameters.nodes.map(\.name))
            let profile = MeasuredProfile(profiles: .measure())
            // With a profile every scheduler has a space.
            space =
                experiment.scheduler.actionSpace(for: topology, profile: profile) ?? FullmapActionSpace(topology)
        }

        /// A new learner; nil for schedulers that do not learn.
        func learner() throws -> DQN? {
            guard experiment.scheduler.isLearned else { return nil }
            return try DQN(
                observationCount: ObservationSpace(topology).count, actionCount: space.actions.count,
                hyperparameters: experiment.preset.hyperparameters, totalSteps: experiment.trainingSteps,
                seed: experiment.seed)
        }

        /// What a checkpoint of the learner is labelled with.
        func label() throws -> String { try topology.checkpointLabel(for: experiment.scheduler) }

        /// The policy of a scheduler that does not learn.
        func yardstick(_ search: CeilingSearch) -> any Policy {
            switch experiment.scheduler {
            case .blind: return BlindPolicy(space)
            case .random: return RandomPolicy(seed: experiment.seed)
            case .static:
                let best = search.bestFixedPlacement()
                let assignment = zip(topology.movableUnits, best).map { ($0.name, topology.nodes[$1]) }
                return StaticPolicy(space, assignment: Dictionary(uniqueKeysWithValues: assignment))
            case .native, .fullmap, .custom, .kubernetes, .oracle: return StayPolicy(space)
            }
        }

        /// Serves `steps` requests of `scenario` from the start state under `policy`, beginning again from the start
        /// state when the scenario ends before; `seed` decides the noise.
        func run(
            _ scenario: Scenario, steps: Int, _ policy: any Policy, seed: UInt64
        ) async throws -> [DecisionRecord] {
            let bed = TestBed(scenario: scenario, start: start, seed: seed)
            let metrics: any MetricsReader = experiment.countersBlanked ? BlankedMetrics() : bed
            var records: [DecisionRecord] = []
            records.reserveCapacity(steps)
            while records.count < steps {
                bed.reset(to: start, scenario: scenario)
                let driver = SchedulingDriver(loop, policy: policy)
                while records.count < steps,
                    let record = try await driver.runStep(cluster: bed, runner: bed, metrics: metrics)
                {
                    records.append(record)
                }
            }
            return records
        }

        private var loop: SchedulingLoop {
            // The yardsticks see by the mask what is still to be done.
            let rule = experiment.scheduler.isLearned ? experiment.preset.maskRule : .withoutEffect
            return SchedulingLoop(actionSpace: space, maskRule: rule, reward: experiment.preset.reward)
        }

        private var start: SimulatedCluster.Start { .thesis(for: experiment.scheduler) }
    }
}

extension SimulatedCluster.Start {
    /// Where the thesis has `scheduler` start: everything on the first node with all replicas; two queue workers for the
    /// native baseline (Darly thesis, section 4.4; the replicas are the project's choice, see
    /// `SchedulingTopology.videoAnalytics`).
    static func thesis(for scheduler: Scheduler) -> Self {
        scheduler == .native
            ? .native(queueWorkers: 2) : .allOnFirstNode(replicas: VideoWorkflow.maximumReplicas)
    }
}
