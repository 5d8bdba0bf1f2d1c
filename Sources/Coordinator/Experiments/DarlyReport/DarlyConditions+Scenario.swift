import Simulation
public import Topology

extension DarlyConditions {
    /// The conditions of runs of `scenario` on the simulated test bed; random interference is that of `seed`, which
    /// should be the lowest seed of the runs, whose traces the report draws. Throws where the scenario does.
    public init(
        world: World, scenario: DarlyScenario, seed: UInt64,
        trainingSteps: Int = DarlyExperiment.thesisTrainingSteps, facts: [Fact]
    ) throws(TopologyError) {
        let nodes = TestBedParameters.darly.nodes.map { $0.name.rawValue }
        let round = try scenario.trainingRound(steps: trainingSteps, seed: seed)
        let inference = try scenario.inference(seed: seed)
        self.init(
            world: world, nodes: nodes,
            interference: stride(from: 0, to: trainingSteps, by: max(round.steps, 1)).flatMap {
                Self.pressure(of: round, in: .training, from: $0, on: nodes)
            } + Self.pressure(of: inference, in: .inference, from: 0, on: nodes),
            facts: facts)
    }

    private static func pressure(
        of scenario: Scenario, in phase: DarlyPhase, from first: Int, on nodes: [String]
    ) -> [Pressure] {
        var start = first
        return scenario.phases.flatMap { stretch in
            let range = start..<start + stretch.steps
            start = range.upperBound
            return zip(nodes, stretch.pressure).flatMap { node, pressure in
                [("CPU", pressure.cpu), ("L3", pressure.l3), ("memory bandwidth", pressure.memoryBandwidth)]
                    .filter { $0.1 > 0 }
                    .map { kind, share in
                        Pressure(
                            phase: phase, fromStep: range.lowerBound, untilStep: range.upperBound, node: node,
                            kind: kind, percent: 100 * share)
                    }
            }
        }
    }
}
