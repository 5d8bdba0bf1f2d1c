import Cluster
import Simulation
import Topology

extension CalibrationExperiment {
    /// C13 and C14: what native Kubernetes reaches in the thesis' training, and what placements could.
    static func schedulingRows(_ model: LatencyModel, seed: UInt64) -> [CalibrationRow] {
        // Cannot fail while the scenario's targets are positive; if it did, the rows would be missing, never passed.
        guard let scenario = try? Scenario.thesisTraining() else { return [] }
        return nativeRows(model, scenario: scenario, seed: seed) + reachableRows(model, scenario: scenario)
    }

    private static func nativeRows(_ model: LatencyModel, scenario: Scenario, seed: UInt64) -> [CalibrationRow] {
        let bed = TestBed(
            scenario: scenario, start: .native(queueWorkers: 2), seed: seed, parameters: model.parameters)
        var served: [Double: (met: Int, all: Int)] = [:]
        while let (target, outcome) = bed.serveNext() {
            served[target.seconds, default: (0, 0)].all += 1
            if target.isMet(byLatencySeconds: outcome.latencySeconds) { served[target.seconds]?.met += 1 }
        }
        func share(_ seconds: Double) -> Double {
            served[seconds].map { Double($0.met) / Double($0.all) } ?? .nan
        }
        return [
            .limit(
                "C13 loose", "native Kubernetes, two queue workers: share of 35 s met", lowest: 1 / 3 - 0.05,
                highest: 1 / 3 + 0.05, simulated: share(Scenario.looseSeconds)),
            .limit(
                "C13 strict", "the same, share of 26 s met", lowest: 0, highest: 0.02,
                simulated: share(Scenario.strictSeconds)),
        ]
    }

    private static func reachableRows(_ model: LatencyModel, scenario: Scenario) -> [CalibrationRow] {
        let nodes = model.parameters.nodes.indices
        let pairs = nodes.flatMap { framer in nodes.map { (framer, $0) } }
        let placements = pairs.flatMap { framer, detector in
            nodes.map { VideoPlacement(framer: framer, facedetector: detector, models: $0) }
        }
        return scenario.phases.enumerated().flatMap { index, phase -> [CalibrationRow] in
            let seconds = placements.map { placement in
                model.latencySeconds(
                    placement: placement, replicas: VideoWorkflow.maximumReplicas, pressure: phase.pressure)
            }
            return [Scenario.looseSeconds, Scenario.strictSeconds].map { target in
                // "Few" is read as at most an eighth.
                let isFew = target == Scenario.strictSeconds && index == scenario.phases.count - 1
                let most = isFew ? placements.count / 8 : placements.count - 1
                return CalibrationRow.limit(
                    "C14 phase \(index + 1) \(Int(target)) s", "placements of 64 that meet the target, 8 replicas",
                    unit: "placements", lowest: 1, highest: Double(most),
                    simulated: Double(seconds.count { $0 <= target }))
            }
        }
    }
}
