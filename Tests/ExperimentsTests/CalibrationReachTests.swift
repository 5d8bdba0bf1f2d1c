import Cluster
import Measures
import Simulation
import Testing
import Topology

@testable import Experiments

/// What simple rules reach from the learners' start: the room that the test bed leaves them.
@Suite("Reach of simple rules")
struct CalibrationReachTests {
    enum Rule: CaseIterable {
        /// Never moves anything.
        case stay
        /// Each step moves the unit that gains most by offline profile and present counters.
        case profiles
        /// Each step reschedules a random unit by kube-scheduler's rule.
        case kubernetes
        /// Each step moves a random unit to a random node.
        case random
    }

    static let nodes = TestBedParameters.darly.nodes.map(\.name)
    static let units = [[VideoWorkflow.framer], [VideoWorkflow.facedetector], VideoWorkflow.models]
    let profiles = OfflineProfiles.measure()

    func served(by rule: Rule, in scenario: Scenario, seed: UInt64) async throws -> (loose: Double, strict: Double) {
        let bed = TestBed(scenario: scenario, start: .allOnFirstNode(replicas: 8), seed: seed)
        var random = SeededRandom(seed: seed)
        var met: [Double: [Bool]] = [:]
        while let request = try await bed.nextRequest() {
            let unit = Self.units[random.index(below: 3)]
            switch rule {
            case .stay: break
            case .profiles: try await followProfiles(bed)
            case .kubernetes: _ = try await bed.reschedule(unit)
            case .random: try await bed.move(unit, to: Self.nodes[random.index(below: 4)])
            }
            let outcome = try await bed.run(request)
            met[request.target.seconds, default: []].append(
                request.target.isMet(byLatencySeconds: outcome.latencySeconds))
        }
        func share(_ target: Double) -> Double {
            let all = met[target, default: []]
            return Double(all.count { $0 }) / Double(all.count)
        }
        return (share(Scenario.looseSeconds), share(Scenario.strictSeconds))
    }

    func followProfiles(_ bed: TestBed) async throws {
        let assignment = try await bed.observe().assignment
        let window = try await bed.freshWindow(of: Self.nodes)
        var best: (gain: Double, unit: [FunctionName], node: NodeName)?
        func seconds(_ function: FunctionName, _ node: NodeName) throws -> Double {
            let hosted = VideoWorkflow.functions.filter { assignment[$0] == node }
            let metrics = try #require(window[node])
            let level = try #require(profiles.level(showing: metrics, on: node, hosting: hosted))
            return try #require(profiles.profile(function, on: node, at: level))
        }
        for unit in Self.units {
            let here = try seconds(unit[0], try #require(assignment[unit[0]]))
            for node in Self.nodes {
                let gain = try here - seconds(unit[0], node)
                if gain > best?.gain ?? 0.1 { best = (gain, unit, node) }
            }
        }
        if let best { try await bed.move(best.unit, to: best.node) }
    }

    @Test(
        "following profiles and counters from the start meets loose and strict, staying only half of strict",
        arguments: 1...10)
    func thesis(seed: UInt64) async throws {
        let scenario = try Scenario.thesisInference()
        let profiles = try await served(by: .profiles, in: scenario, seed: seed)
        #expect(profiles.loose >= 0.95)
        #expect(profiles.strict >= 0.9)
        let stay = try await served(by: .stay, in: scenario, seed: seed)
        #expect(stay.loose >= 0.95)
        #expect((0.45...0.55).contains(stay.strict))
        let kubernetes = try await served(by: .kubernetes, in: scenario, seed: seed)
        #expect(kubernetes.strict < 0.45)
    }

    @Test(
        "in crowded the counters are worth more than fifteen points over staying and over moving blindly",
        arguments: 1...4)
    func crowded(seed: UInt64) async throws {
        let scenario = try Scenario.crowded(seed: seed, steps: 1500, nodes: 4)
        func all(_ rule: Rule) async throws -> Double {
            let served = try await served(by: rule, in: scenario, seed: seed)
            return (served.loose + served.strict) / 2
        }
        let profiles = try await all(.profiles)
        for rule in [Rule.stay, .kubernetes, .random] {
            let other = try await all(rule)
            #expect(profiles > other + 0.15, "\(rule): \(other), following profiles: \(profiles)")
        }
    }

    @Test("a latency by names is the one by positions, and nil where a name is missing or unknown")
    func names() throws {
        let model = LatencyModel()
        let calm = [Pressure](repeating: .none, count: 4)
        var assignment = Dictionary(uniqueKeysWithValues: VideoWorkflow.functions.map { ($0, Self.nodes[0]) })
        assignment[VideoWorkflow.framer] = Self.nodes[1]
        #expect(
            model.latencySeconds(assignment: assignment, replicas: 8, pressure: calm)
                == model.latencySeconds(
                    placement: VideoPlacement(framer: 1, facedetector: 0, models: 0), replicas: 8, pressure: calm))
        assignment[VideoWorkflow.framer] = NodeName("w09")
        #expect(model.latencySeconds(assignment: assignment, replicas: 8, pressure: calm) == nil)
        assignment[VideoWorkflow.framer] = nil
        #expect(model.latencySeconds(assignment: assignment, replicas: 8, pressure: calm) == nil)
    }
}
