import Testing
import Topology

@testable import Simulation

@Suite("Scenarios")
struct TestBedScenarioTests {
    @Test(
        "the thesis' training has its targets and pressures at both ends of every phase",
        arguments: [
            (0, 35.0, [0.25, 0, 0, 0.5], 0), (99, 35, [0.25, 0, 0, 0.5], 0), (100, 35, [0.5, 0, 0, 0.25], 1),
            (199, 35, [0.5, 0, 0, 0.25], 1), (200, 35, [0, 0.5, 0.25, 0], 2), (299, 35, [0, 0.5, 0.25, 0], 2),
            (300, 26, [0, 0, 0, 0], 3), (399, 26, [0, 0, 0, 0], 3), (400, 26, [0.5, 0.25, 0.75, 0], 4),
            (499, 26, [0.5, 0.25, 0.75, 0], 4),
        ] as [(Int, Double, [Double], Int)])
    func training(step: Int, target: Double, cpu: [Double], phase: Int) throws {
        let moment = try #require(try Scenario.thesisTraining()[step])
        #expect(moment.target.seconds == target)
        #expect(moment.pressure == cpu.map { Pressure(cpu: $0) })
        #expect(moment.phase == phase)
    }

    @Test("the thesis' inference has the same phases at half the length")
    func inference() throws {
        let training = try Scenario.thesisTraining()
        let inference = try Scenario.thesisInference()
        #expect(training.steps == 500)
        #expect(inference.steps == 250)
        for step in 0..<250 { #expect(inference[step] == training[step * 2]) }
    }

    @Test("there is nothing before the first step and after the last")
    func ends() throws {
        let scenario = try Scenario.thesisInference()
        #expect(scenario[-1] == nil)
        #expect(scenario[250] == nil)
    }

    @Test("crowded repeats from its seed and differs between seeds")
    func crowdedSeed() throws {
        #expect(
            try Scenario.crowded(seed: 7, steps: 3000, nodes: 4) == Scenario.crowded(seed: 7, steps: 3000, nodes: 4))
        #expect(
            try Scenario.crowded(seed: 7, steps: 3000, nodes: 4) != Scenario.crowded(seed: 8, steps: 3000, nodes: 4))
    }

    @Test(
        "crowded has phases of 20 to 60 steps, alternating targets, one resource per node in quarters", arguments: 1...5
    )
    func crowdedShape(seed: Int) throws {
        let scenario = try Scenario.crowded(seed: UInt64(seed), steps: 5000, nodes: 4)
        #expect(scenario.steps == 5000)
        #expect(scenario.phases.dropLast().allSatisfy { (20...60).contains($0.steps) })
        #expect(scenario.phases.enumerated().allSatisfy { $1.target.seconds == ($0 % 2 == 0 ? 26 : 35) })
        let levels = scenario.phases.flatMap(\.pressure).map { [$0.cpu, $0.l3, $0.memoryBandwidth] }
        #expect(levels.allSatisfy { resources in resources.count { $0 > 0 } <= 1 })
        #expect(Set(levels.flatMap(\.self)) == [0, 0.25, 0.5, 0.75])
        // Every node is pressed on every resource at some time, the first one included.
        for node in 0..<4 {
            for resource in [\Pressure.cpu, \Pressure.l3, \Pressure.memoryBandwidth] {
                #expect(scenario.phases.contains { $0.pressure[node][keyPath: resource] == 0.75 })
            }
        }
    }

    @Test("crowded without steps is empty")
    func crowdedEmpty() throws {
        let scenario = try Scenario.crowded(seed: 1, steps: 0, nodes: 4)
        #expect(scenario.steps == 0)
        #expect(scenario[0] == nil)
    }
}
