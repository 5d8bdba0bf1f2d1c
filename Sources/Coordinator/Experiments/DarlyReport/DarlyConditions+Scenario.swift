import Simulation
public import Topology

extension DarlyConditions {
    /// The conditions of runs of `experiment` in process and virtual time; random interference is that of its seed, which
    /// should be the lowest seed of the runs, whose traces the report draws. Throws where the scenario does.
    public init(_ experiment: DarlyExperiment, facts: [Fact] = []) throws(TopologyError) {
        let nodes = TestBedParameters.darly.nodes.map { $0.name.rawValue }
        let (steps, seed, targets) = (experiment.trainingSteps, experiment.seed, experiment.targets)
        let round = try experiment.scenario.trainingRound(steps: steps, targets: targets, seed: seed)
        let inference = try experiment.scenario.inference(targets: targets, seed: seed)
        self.init(
            world: .inProcess, nodes: nodes,
            interference: stride(from: 0, to: steps, by: max(round.steps, 1)).flatMap {
                Self.pressure(of: round, in: .training, from: $0, on: nodes)
            } + Self.pressure(of: inference, in: .inference, from: 0, on: nodes),
            facts: [
                Fact(name: "Targets", value: "\(targets.looseSeconds) s loose, \(targets.strictSeconds) s strict")
            ] + facts)
    }

    /// The pressure of `scenario` as stretches of `phase`, whose steps count from `first`.
    static func pressure(
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
