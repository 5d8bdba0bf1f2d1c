import Placement
import Simulation
import Topology

/// Finds ceilings by looking at the test bed's own latency model, which no scheduler may do.
///
/// It reckons with expected latencies: a request counts as kept when its expected latency keeps the target. Measured
/// latencies scatter around that by the test bed's noise, so near the target a ceiling may be missed, or beaten, by chance.
struct CeilingSearch {
    /// Where the three units are, as positions in the test bed's nodes, and the models' replicas.
    struct Configuration: Hashable {
        var nodes: [Int]
        var replicas: Int
    }

    /// What a configuration is worth in one phase.
    struct Worth {
        let kept: Bool
        let reward: Double
    }

    /// What is to be as large as possible.
    enum Measure {
        /// Requests that keep their target, and where they are equally many the reward.
        case violations
        /// The reward alone.
        case reward

        /// Rewards of a whole evaluation stay far below this, so that one request more outweighs all of them.
        private static let oneRequest = 1e6

        func score(_ worth: Worth) -> Double {
            switch self {
            case .violations: (worth.kept ? Self.oneRequest : 0) + worth.reward
            case .reward: worth.reward
            }
        }
    }

    let scenario: Scenario
    private let targets: DarlyTargets
    private let nodeCount: Int
    private let replicaCount = VideoWorkflow.maximumReplicas
    /// By phase, then by configuration.
    private let worth: [[Worth]]

    init(scenario: Scenario, targets: DarlyTargets = .thesis, model: LatencyModel, reward: Reward) {
        self.scenario = scenario
        self.targets = targets
        nodeCount = model.parameters.nodes.count
        let shape = (nodes: nodeCount, replicas: replicaCount)
        worth = scenario.phases.map { phase in
            (0..<shape.nodes * shape.nodes * shape.nodes * shape.replicas).map { index in
                let configuration = Self.configuration(index, nodes: shape.nodes, replicas: shape.replicas)
                let latency = model.latencySeconds(
                    placement: VideoPlacement(
                        framer: configuration.nodes[0], facedetector: configuration.nodes[1],
                        models: configuration.nodes[2]),
                    replicas: configuration.replicas, pressure: phase.pressure)
                return Worth(
                    kept: phase.target.isMet(byLatencySeconds: latency),
                    reward: reward.value(
                        latencySeconds: latency, target: phase.target, nodes: shape.nodes,
                        nodesInUse: Set(configuration.nodes).count, maximumReplicas: shape.replicas,
                        replicas: configuration.replicas))
            }
        }
    }

    /// Both ceilings, the sequence from everything on the first node with all replicas.
    func ceiling() -> DarlyCeiling {
        DarlyCeiling(
            placement: .init(byViolations: bestPlacements(.violations), byReward: bestPlacements(.reward)),
            actions: .init(byViolations: bestActions(.violations), byReward: bestActions(.reward)))
    }

    /// The fixed placement, with all replicas, that keeps the most targets; of equals the one with the highest reward.
    func bestFixedPlacement() -> [Int] {
        let all = (0..<nodeCount * nodeCount * nodeCount).map { $0 * replicaCount + replicaCount - 1 }
        let scores = all.map { index in
            zip(scenario.phases, worth).reduce(0.0) {
                $0 + Double($1.0.steps) * Measure.violations.score($1.1[index])
            }
        }
        let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
        return configuration(all[best]).nodes
    }

    private func bestPlacements(_ measure: Measure) -> DarlyCeiling.Outcome {
        var outcome = DarlyCeiling.Outcome()
        for step in 0..<scenario.steps {
            guard let moment = scenario[step],
                let best = worth[moment.phase].max(by: { measure.score($0) < measure.score($1) })
            else { continue }
            outcome.add(best, isLoose: targets.isLoose(moment.target.seconds))
        }
        return outcome
    }

    /// Dynamic programming from the last step to the first over all configurations (Bellman 1957).
    private func bestActions(_ measure: Measure) -> DarlyCeiling.Outcome {
        let successors = worth[0].indices.map(successors)
        var value = [Double](repeating: 0, count: worth[0].count)
        var choices: [[Int]] = []
        for step in (0..<scenario.steps).reversed() {
            let worth = worth[scenario[step]?.phase ?? 0]
            let scores = worth.indices.map { measure.score(worth[$0]) + value[$0] }
            var next = value
            var choice = [Int](repeating: 0, count: value.count)
            for state in value.indices {
                var best = successors[state][0]
                for other in successors[state] where scores[other] > scores[best] { best = other }
                choice[state] = best
                next[state] = scores[best]
            }
            value = next
            choices.append(choice)
        }
        var outcome = DarlyCeiling.Outcome()
        var state = index(Configuration(nodes: [0, 0, 0], replicas: replicaCount))
        for step in 0..<scenario.steps {
            guard let moment = scenario[step] else { continue }
            state = choices[scenario.steps - 1 - step][state]
            outcome.add(worth[moment.phase][state], isLoose: targets.isLoose(moment.target.seconds))
        }
        return outcome
    }

    /// What one of Fullmap's actions can make of a configuration; staying comes first.
    private func successors(_ state: Int) -> [Int] {
        let now = configuration(state)
        var reachable = [state]
        for unit in now.nodes.indices {
            for node in 0..<nodeCount where node != now.nodes[unit] {
                var moved = now
                moved.nodes[unit] = node
                reachable.append(index(moved))
            }
        }
        for replicas in [now.replicas + 1, now.replicas - 1] where (1...replicaCount).contains(replicas) {
            reachable.append(index(Configuration(nodes: now.nodes, replicas: replicas)))
        }
        return reachable
    }

    private func index(_ configuration: Configuration) -> Int {
        configuration.nodes.reduce(0) { $0 * nodeCount + $1 } * replicaCount + configuration.replicas - 1
    }

    private func configuration(_ index: Int) -> Configuration {
        Self.configuration(index, nodes: nodeCount, replicas: replicaCount)
    }

    private static func configuration(_ index: Int, nodes: Int, replicas: Int) -> Configuration {
        let place = index / replicas
        return Configuration(
            nodes: [place / (nodes * nodes), place / nodes % nodes, place % nodes], replicas: index % replicas + 1)
    }
}

extension DarlyCeiling.Outcome {
    fileprivate mutating func add(_ worth: CeilingSearch.Worth, isLoose: Bool) {
        if isLoose {
            loose.add(served: worth.kept)
        } else {
            strict.add(served: worth.kept)
        }
        cumulativeReward += worth.reward
    }
}
