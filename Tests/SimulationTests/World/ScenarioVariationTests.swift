import Testing
import Topology

@testable import Simulation

@Suite("Variations of a scenario")
struct ScenarioVariationTests {
    @Test(
        "scaled phases keep order and proportion and fill the steps exactly",
        arguments: [
            (500, [100, 100, 100, 100, 100]), (250, [50, 50, 50, 50, 50]), (10, [2, 2, 2, 2, 2]), (7, [1, 1, 2, 1, 2]),
            (2, [0, 0, 1, 0, 1]), (1, [0, 0, 0, 0, 1]),
        ])
    func scaled(_ steps: Int, _ expected: [Int]) throws {
        let scenario = try Scenario.thesisTraining().scaled(to: steps)
        #expect(scenario.steps == steps)
        #expect(scenario.phases.map(\.steps) == expected)
        #expect(scenario[steps] == nil)
    }

    @Test("other targets stand where loose and strict stood, under the same pressure")
    func targets() throws {
        let thesis = try Scenario.thesisInference()
        let other = try thesis.with(looseSeconds: 12, strictSeconds: 3)
        #expect(other.phases.map(\.target.seconds) == [12, 12, 12, 3, 3])
        #expect(other.phases.map(\.pressure) == thesis.phases.map(\.pressure))
        #expect(throws: TopologyError.self) { try thesis.with(looseSeconds: 0, strictSeconds: 3) }
    }
}
