import Simulation
import Topology

/// A course of interference and targets to train on, and one to be judged on.
public enum DarlyScenario: String, Sendable, Hashable, Codable, CaseIterable {
    /// The thesis' five phases: judged on the same phases at 50 steps each (Darly thesis, section 5.4).
    case thesis
    /// Random pressure on every node, w01 included, and a target that changes with each phase; judged on phases that were
    /// not trained on.
    case crowded

    /// Steps of the evaluation: 250 as in the thesis; 1 000 where phases are random, since 250 would hold only six.
    public var inferenceSteps: Int {
        switch self {
        case .thesis: 250
        case .crowded: 1000
        }
    }

    /// One round of a training of `steps` steps. The thesis' schedule has 500; a longer training repeats it from the start
    /// state, a shorter one stops early.
    func trainingRound(steps: Int, targets: DarlyTargets, seed: UInt64) throws(TopologyError) -> Scenario {
        let round: Scenario =
            switch self {
            case .thesis: try .thesisTraining()
            case .crowded: try .crowded(seed: seed, steps: steps, nodes: 4)
            }
        return try round.with(looseSeconds: targets.looseSeconds, strictSeconds: targets.strictSeconds)
    }

    /// The course of the evaluation: for random phases others than those of any training.
    func inference(targets: DarlyTargets, seed: UInt64) throws(TopologyError) -> Scenario {
        let course: Scenario =
            switch self {
            case .thesis: try .thesisInference()
            case .crowded:
                try .crowded(seed: seed ^ Self.inferenceSeedMark, steps: inferenceSteps, nodes: 4)
            }
        return try course.with(looseSeconds: targets.looseSeconds, strictSeconds: targets.strictSeconds)
    }

    /// Any constant does that no seed in use differs by.
    private static let inferenceSeedMark: UInt64 = 0x6a75_6467_6564_0000
}
