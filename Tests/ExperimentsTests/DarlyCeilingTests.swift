import Placement
import Simulation
import Testing
import Topology

@testable import Experiments

@Suite struct DarlyCeilingTests {
    private static let model = LatencyModel()

    private static func search(_ scenario: Scenario) -> CeilingSearch {
        CeilingSearch(scenario: scenario, model: model, reward: Reward())
    }

    /// The best that any sequence of Fullmap's actions reaches from `placement` on, by trying them all.
    private func exhaustive(
        _ scenario: Scenario, from step: Int, _ units: [Int], _ replicas: Int
    ) -> (kept: Int, reward: Double) {
        guard let moment = scenario[step] else { return (0, 0) }
        var options = [(units, replicas)]
        for unit in units.indices {
            for node in 0..<4 {
                var moved = units
                moved[unit] = node
                options.append((moved, replicas))
            }
        }
        if replicas < 8 { options.append((units, replicas + 1)) }
        if replicas > 1 { options.append((units, replicas - 1)) }
        var best = (kept: -1, reward: -Double.infinity)
        for (units, replicas) in options {
            let latency = Self.model.latencySeconds(
                placement: VideoPlacement(framer: units[0], facedetector: units[1], models: units[2]),
                replicas: replicas, pressure: moment.pressure)
            let reward = Reward().value(
                latencySeconds: latency, target: moment.target, nodes: 4, nodesInUse: Set(units).count,
                maximumReplicas: 8, replicas: replicas)
            let rest = exhaustive(scenario, from: step + 1, units, replicas)
            let kept = rest.kept + (moment.target.isMet(byLatencySeconds: latency) ? 1 : 0)
            if (kept, rest.reward + reward) > best { best = (kept, rest.reward + reward) }
        }
        return best
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func theBestSequenceIsTheOneThatTryingAllOfThemFinds(seed: UInt64) throws {
        let scenario = try Scenario.crowded(seed: seed, steps: 3, nodes: 4)
        let found = Self.search(scenario).ceiling().actions.byViolations
        let expected = exhaustive(scenario, from: 0, [0, 0, 0], 8)
        #expect(found.served == expected.kept)
        #expect(abs(found.cumulativeReward - expected.reward) < 1e-9)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func noSequenceBeatsFreeRearrangementAndEachMeasureWinsByItself(seed: UInt64) throws {
        let ceiling = Self.search(try .crowded(seed: seed, steps: 200, nodes: 4)).ceiling()
        #expect(ceiling.actions.byViolations.served <= ceiling.placement.byViolations.served)
        #expect(ceiling.actions.cumulativeReward <= ceiling.placement.cumulativeReward)
        for best in [ceiling.placement, ceiling.actions] {
            #expect(best.byReward.served <= best.byViolations.served)
            #expect(best.byViolations.cumulativeReward <= best.byReward.cumulativeReward)
            #expect(best.loose.count + best.strict.count == 200)
        }
    }

    @Test func everyTargetOfTheThesisScenarioCanBeKept() throws {
        let ceiling = Self.search(try .thesisInference()).ceiling()
        #expect(ceiling.actions.loose.violated == 0)
        #expect(ceiling.actions.strict.violated == 0)
        #expect(ceiling.actions.loose.served == 150)
        #expect(ceiling.actions.strict.served == 100)
    }

    @Test func theBestFixedPlacementKeepsAtLeastAsMuchAsTheStartState() throws {
        let scenario = try Scenario.crowded(seed: 5, steps: 300, nodes: 4)
        let search = Self.search(scenario)
        func kept(_ units: [Int]) -> Int {
            (0..<scenario.steps).count { step in
                guard let moment = scenario[step] else { return false }
                let latency = Self.model.latencySeconds(
                    placement: VideoPlacement(framer: units[0], facedetector: units[1], models: units[2]),
                    replicas: 8, pressure: moment.pressure)
                return moment.target.isMet(byLatencySeconds: latency)
            }
        }
        let best = kept(search.bestFixedPlacement())
        for framer in 0..<4 {
            for detector in 0..<4 {
                for models in 0..<4 { #expect(kept([framer, detector, models]) <= best) }
            }
        }
    }
}
