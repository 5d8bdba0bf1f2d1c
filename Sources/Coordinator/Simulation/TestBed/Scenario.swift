public import Topology

/// A course of interference and latency targets over the steps of an experiment.
///
/// It is the world's business alone: a scheduler sees pressure only through the nodes' metrics.
public struct Scenario: Sendable, Hashable {
    /// Steps that share a target and a pressure.
    public struct Phase: Sendable, Hashable {
        /// How many steps the phase lasts.
        public let steps: Int
        /// The latency target of its requests.
        public let target: LatencyTarget
        /// The pressure on each node, in the test bed's order.
        public let pressure: [Pressure]
    }

    /// What holds at one step.
    public struct Moment: Sendable, Hashable {
        /// The latency target of the step's request.
        public let target: LatencyTarget
        /// The pressure on each node, in the test bed's order.
        public let pressure: [Pressure]
        /// Which phase the step belongs to, from 0.
        public let phase: Int
    }

    /// What people call the scenario.
    public let name: String
    /// The phases in their order.
    public let phases: [Phase]
    /// Steps of all phases together.
    public let steps: Int
    private let phaseOfStep: [Int]

    /// A scenario of `phases`, one after another.
    init(name: String, phases: [Phase]) {
        self.name = name
        self.phases = phases
        phaseOfStep = phases.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element.steps) }
        steps = phaseOfStep.count
    }

    /// What holds at `step`, nil before the first and after the last.
    public subscript(step: Int) -> Moment? {
        guard phaseOfStep.indices.contains(step) else { return nil }
        let phase = phases[phaseOfStep[step]]
        return Moment(target: phase.target, pressure: phase.pressure, phase: phaseOfStep[step])
    }
}
