import Simulation

extension CalibrationExperiment {
    /// C1 and C2: the versions of the workflow against each other.
    static func versionRows(_ model: LatencyModel) -> [CalibrationRow] {
        let faasFlow = model.parameters.faasFlowCallSeconds
        func seconds(_ version: VideoWorkflowVersion) -> Double {
            model.latencySeconds(of: version, on: 0, frames: 65, queueWorkers: 1, callSeconds: faasFlow)
        }
        return [0.465, 0.39, 0.33, 0.23].enumerated().map { node, target in
            .value(
                "C1 \(name(model, node))", "version 1 over version 4, 65 frames, one queue worker",
                target: target, simulated: model.versionGap(on: node))
        } + [
            .value(
                "C2", "the same under faas-flow on the first node", target: 0.3,
                simulated: model.versionGap(on: 0, callSeconds: faasFlow)),
            .rising(
                "C2 order", "under faas-flow version 2 is not faster than version 1", unit: "s", strictly: false,
                simulated: [seconds(.separate), seconds(.mergedModels)]),
        ]
    }

    /// C10 and C11: what queue workers gain.
    static func queueRows(_ model: LatencyModel) -> [CalibrationRow] {
        func seconds(_ placement: VideoPlacement, frames: Int, queueWorkers: Int) -> Double {
            model.latencySeconds(
                placement: placement, replicas: queueWorkers,
                pressure: model.parameters.nodes.map { _ in .none }, frames: frames)
        }
        func gain(_ placement: VideoPlacement, frames: Int) -> Double {
            1 - seconds(placement, frames: frames, queueWorkers: 16)
                / seconds(placement, frames: frames, queueWorkers: 1)
        }
        let together = VideoPlacement(all: 0)
        let spread = VideoPlacement(framer: 0, facedetector: 1, faceanalyzer: 2, mobilenet: 2, outputer: 1)
        return [(1, 58.0), (16, 15.0)].map { queueWorkers, target in
            .value(
                "C10 \(queueWorkers)", "65 frames less 7 frames, \(queueWorkers) queue workers, all on the first node",
                unit: "s", target: target,
                simulated: seconds(together, frames: 65, queueWorkers: queueWorkers)
                    - seconds(together, frames: 7, queueWorkers: queueWorkers))
        } + [
            .value(
                "C11 together", "time saved by 16 queue workers, 65 frames, all on the first node", target: 0.6,
                simulated: gain(together, frames: 65)),
            .value(
                "C11 spread", "time saved by 16 queue workers, 7 frames, spread over three nodes", target: 0.2,
                simulated: gain(spread, frames: 7)),
        ]
    }

    /// C15: how the versions' difference changes: with pressure both as a share, as C1 reads it, and in seconds; with
    /// the input in seconds, since as a share a fixed overhead weighs most on the smallest input.
    static func gapRows(_ model: LatencyModel) -> [CalibrationRow] {
        let levels = [0.75, 0.5, 0.25, 0].map { Pressure(cpu: $0) }
        return model.parameters.nodes.indices.flatMap { node in
            [
                CalibrationRow.rising(
                    "C15 share \(name(model, node))", "version 1 over version 4 at 75, 50, 25, 0 % CPU pressure",
                    simulated: levels.map { model.versionGap(on: node, under: $0) }),
                CalibrationRow.rising(
                    "C15 seconds \(name(model, node))", "version 1 less version 4 at 75, 50, 25, 0 % CPU pressure",
                    unit: "s", simulated: levels.map { model.versionGapSeconds(on: node, under: $0) }),
                CalibrationRow.rising(
                    "C15 frames \(name(model, node))", "version 1 less version 4 at 7, 16, 32, 65 frames", unit: "s",
                    simulated: frameCounts.map { model.versionGapSeconds(on: node, frames: $0) }),
            ]
        }
    }
}
