import Simulation

extension CalibrationExperiment {
    /// C7 to C9: what the choice of node does.
    static func nodeRows(_ model: LatencyModel) -> [CalibrationRow] {
        let nodes = model.parameters.nodes.indices
        func variation(_ values: [Double]) -> Double { (values.max() ?? 0) / (values.min() ?? 0) - 1 }
        let models = nodes.map { model.modelSeconds(on: $0, under: .none) }
        return [(16, 0.23), (65, 0.10)].map { frames, target in
            .value(
                "C7 \(frames)", "framer over the nodes, largest over smallest, \(frames) frames", target: target,
                simulated: variation(nodes.map { model.framerSeconds(on: $0, under: .none, frames: frames) }))
        } + [
            .value(
                "C8 largest", "models over the nodes, largest over smallest", target: 0.34,
                simulated: variation(models)),
            .value("C8 smallest", "models, second node over first", target: 0.05, simulated: models[1] / models[0] - 1),
        ]
            + frameCounts.map { frames in
                .rising(
                    "C9 \(frames)", "workflow on w01, w02, w03, w04, \(frames) frames", unit: "s",
                    simulated: nodes.map {
                        model.latencySeconds(of: .separate, on: $0, frames: frames, queueWorkers: 1)
                    })
            }
    }

    /// C16 and C17: the framer decides.
    static func functionRows(_ model: LatencyModel) -> [CalibrationRow] {
        [16, 32].map { frames in
            let others = max(model.detectorSeconds(on: 0, under: .none), model.modelSeconds(on: 0, under: .none))
            return .rising(
                "C16 \(frames)", "longest other function, then framer, \(frames) frames", unit: "s",
                simulated: [Double(frames) * others, model.framerSeconds(on: 0, under: .none, frames: frames)])
        }
            + frameCounts.map { frames in
                let seconds = studiedPlacements.map {
                    model.latencySeconds(
                        placement: $0, replicas: 1, pressure: model.parameters.nodes.map { _ in .none }, frames: frames)
                }
                return .limit(
                    "C17 \(frames)", "placements of table 4.2, slowest over fastest, \(frames) frames", highest: 0.1,
                    simulated: (seconds.max() ?? .infinity) / (seconds.min() ?? 0) - 1)
            }
    }

    /// Singlenode and Multinode 1a, 1b, 1c, 3 of the thesis' table 4.2.
    private static let studiedPlacements = [
        VideoPlacement(all: 0),
        VideoPlacement(framer: 0, facedetector: 1, faceanalyzer: 2, mobilenet: 0, outputer: 1),
        VideoPlacement(framer: 0, facedetector: 1, faceanalyzer: 1, mobilenet: 0, outputer: 1),
        VideoPlacement(framer: 0, facedetector: 0, faceanalyzer: 1, mobilenet: 1, outputer: 1),
        VideoPlacement(framer: 0, facedetector: 0, faceanalyzer: 0, mobilenet: 1, outputer: 1),
    ]
}
