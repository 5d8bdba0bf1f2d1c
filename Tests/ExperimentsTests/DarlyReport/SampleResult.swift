import Foundation

@testable import Experiments

/// A result decoded from the object that the command writes, as a reader of its files would get it.
struct SampleResult {
    var scheduler: String
    var seed: UInt64
    var scenario = "thesis"
    var countersBlanked = false
    var training: [Int]?
    var trainingConverged: Int?
    var inference = [150, 0, 100, 0]
    var latencies: [Double?] = [30, nil, 28]
    var hasCeiling = true

    /// The result; phases are given as loose served, loose violated, strict served, strict violated.
    func decoded() throws -> DarlyResult {
        var object: [String: Any] = [
            "experiment": "darly", "scheduler": scheduler, "scenario": scenario, "preset": "reeve", "seed": seed,
            "countersBlanked": countersBlanked, "inference": phase(inference, converged: nil),
            "wallSeconds": 0.5, "version": "0.1.0",
            "machine": ["cpu": "Xeon", "logicalCPUs": 2, "blas": "OpenBLAS"], "trace": trace,
        ]
        if hasCeiling { object["ceiling"] = ["placement": best, "actions": best] }
        object["training"] = training.map { phase($0, converged: trainingConverged) }
        return try JSONDecoder().decode(DarlyResult.self, from: JSONSerialization.data(withJSONObject: object))
    }

    private func tally(_ served: Int, _ violated: Int) -> [String: Any] { ["served": served, "violated": violated] }

    private func phase(_ counts: [Int], converged: Int?) -> [String: Any] {
        var object: [String: Any] = [
            "steps": counts.reduce(0, +), "loose": tally(counts[0], counts[1]), "strict": tally(counts[2], counts[3]),
            "meanQuotient": 0.9375, "cumulativeReward": Double(10 * (counts[0] + counts[2])),
        ]
        object["stepsToConverge"] = converged
        return object
    }

    private var best: [String: Any] {
        let outcome: [String: Any] = ["loose": tally(150, 0), "strict": tally(98, 2), "cumulativeReward": 2600.0]
        return outcome.merging(["byViolations": outcome, "byReward": outcome]) { first, _ in first }
    }

    private var trace: [[String: Any]] {
        let phases = training == nil ? ["inference"] : ["training", "inference"]
        return phases.enumerated().flatMap { position, phase in
            latencies.enumerated().map { index, latency in
                var entry: [String: Any] = [
                    "step": position * latencies.count + index, "phase": phase, "qosSeconds": index < 2 ? 35.0 : 26.0,
                    "action": "move <framer> to w0\(index)", "random": false,
                ]
                entry["latencySeconds"] = latency
                entry["reward"] = latency.map { $0 / 10 }
                return entry
            }
        }
    }
}
