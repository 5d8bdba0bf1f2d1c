import Testing
import Topology

@testable import Simulation

@Suite("Offline profiles")
struct TestBedProfileTests {
    let profiles = OfflineProfiles.measure()
    let nodes = TestBedParameters.darly.nodes.map(\.name)

    @Test("a profile is the function's own time over all frames", arguments: 0..<4, InterferenceLevel.all)
    func seconds(node: Int, level: InterferenceLevel) throws {
        let model = LatencyModel()
        let name = nodes[node]
        let framer = try #require(profiles.profile(VideoWorkflow.framer, on: name, at: level))
        #expect(framer == model.framerSeconds(on: node, under: level.pressure, frames: 32))
        let detector = try #require(profiles.profile(VideoWorkflow.facedetector, on: name, at: level))
        #expect(detector == 4 * model.detectorSeconds(on: node, under: level.pressure, inFlight: 8))
        let mobilenet = try #require(profiles.profile(VideoWorkflow.mobilenet, on: name, at: level))
        #expect(mobilenet == 4 * model.modelSeconds(on: node, under: level.pressure, inFlight: 8))
    }

    @Test("what was not profiled has no profile")
    func unknown() {
        #expect(profiles.profile(FunctionName("resizer"), on: nodes[0], at: .none) == nil)
        #expect(profiles.profile(VideoWorkflow.framer, on: NodeName("w09"), at: .none) == nil)
        let odd = InterferenceLevel(resource: .l3, percent: 33)
        #expect(profiles.profile(VideoWorkflow.framer, on: nodes[0], at: odd) == nil)
        #expect(profiles.level(showing: .unknown(reason: "silent"), on: nodes[0], hosting: []) == nil)
    }

    @Test("under the last phase's pressure every unit is fastest on w02")
    func lastPhase() throws {
        let levels = [50, 25, 75, 0].map { $0 == 0 ? .none : InterferenceLevel(resource: .cpu, percent: $0) }
        for function in VideoWorkflow.functions {
            let seconds = try zip(nodes, levels).map { node, level in
                try #require(profiles.profile(function, on: node, at: level))
            }
            #expect(seconds.min() == seconds[1])
        }
    }

    @Test("the level is told from noisy counters on every node, whatever it hosts", arguments: InterferenceLevel.all)
    func level(level: InterferenceLevel) async throws {
        let everywhere = [Pressure](repeating: level.pressure, count: 4)
        let phase = Scenario.Phase(steps: 1, target: try LatencyTarget(seconds: 26), pressure: everywhere)
        for (index, placement) in TestBedLatencyTests.placements.enumerated() {
            let bed = TestBed(
                scenario: Scenario(name: "one level", phases: [phase]), start: .allOnFirstNode(replicas: 8),
                seed: UInt64(index))
            try await bed.move([VideoWorkflow.framer], to: nodes[placement.framer])
            try await bed.move([VideoWorkflow.facedetector], to: nodes[placement.facedetector])
            try await bed.move(VideoWorkflow.models, to: nodes[placement.faceanalyzer])
            let window = try await bed.freshWindow(of: nodes)
            for (number, node) in nodes.enumerated() {
                let hosted = VideoWorkflow.functions.filter { placement[$0] == number }
                #expect(profiles.level(showing: try #require(window[node]), on: node, hosting: hosted) == level)
            }
        }
    }
}
