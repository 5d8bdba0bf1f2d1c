import ControlAPI

/// The placement's session as it is now.
enum PlacementFamilies {
    static func families(of status: PlacementStatus) -> [MetricFamily] {
        [
            .gauge(
                "reeve_placement_state", "1 for what placement does now, 0 for the rest.",
                by: PlacementStatus.State.allCases.map {
                    .init(labels: [("state", $0.rawValue)], value: status.state == $0 ? 1 : 0)
                }),
            .gauge("reeve_placement_nodes", "Nodes that are decided about.", Double(status.nodes.count)),
            .counter(
                "reeve_learner_steps_total", "Steps that the learner has recorded, over restarts, too.",
                status.learnerSteps.map { Double($0) }),
            .counter(
                "reeve_learner_gradient_steps_total", "Gradient steps that the learner has made.",
                status.gradientSteps.map { Double($0) }),
            .gauge("reeve_learner_exploration_ratio", "The probability of a random choice now.", status.epsilon),
        ]
    }
}
