public import Simulation
import Topology

/// Holds the simulated test bed against what the Darly thesis and paper say of the real one (C1 to C17).
///
/// Readings: a function's latency is its own execution time; C1 and C2 are T1/T4 - 1; slowdowns T(p)/T(0) - 1;
/// variation over nodes max/min - 1; a gain is the share of time saved.
public enum CalibrationExperiment {
    /// Computes every row. `seed` decides the noise of C13's measured run; the other rows are exact.
    public static func run(parameters: TestBedParameters = .darly, seed: UInt64 = 1) -> CalibrationReport {
        let model = LatencyModel(parameters)
        return CalibrationReport(
            rows: versionRows(model) + pressureRows(model) + nodeRows(model) + queueRows(model)
                + resourceRows(model) + schedulingRows(model, seed: seed) + gapRows(model) + functionRows(model))
    }

    /// The input sizes that the thesis studied.
    static let frameCounts = [7, 16, 32, 65]

    /// What the rows call the node at `index`.
    static func name(_ model: LatencyModel, _ index: Int) -> String { model.parameters.nodes[index].name.rawValue }
}

extension LatencyModel {
    /// Seconds of version 1 with 65 frames and one queue worker, all on `node`.
    func largestSeconds(on node: Int, under pressure: Pressure = .none) -> Double {
        latencySeconds(of: .separate, on: node, under: pressure, frames: 65, queueWorkers: 1)
    }

    /// Relative slowdown of the same from none to `pressure`.
    func slowdown(on node: Int, under pressure: Pressure) -> Double {
        largestSeconds(on: node, under: pressure) / largestSeconds(on: node) - 1
    }

    /// Seconds of version 1 over seconds of version 4, less one.
    func versionGap(on node: Int, under pressure: Pressure = .none, callSeconds: Double? = nil) -> Double {
        func seconds(_ version: VideoWorkflowVersion) -> Double {
            latencySeconds(
                of: version, on: node, under: pressure, frames: 65, queueWorkers: 1, callSeconds: callSeconds)
        }
        return seconds(.separate) / seconds(.monolith) - 1
    }

    /// Seconds by which version 1 is slower than version 4.
    func versionGapSeconds(on node: Int, under pressure: Pressure = .none, frames: Int = 65) -> Double {
        latencySeconds(of: .separate, on: node, under: pressure, frames: frames, queueWorkers: 1)
            - latencySeconds(of: .monolith, on: node, under: pressure, frames: frames, queueWorkers: 1)
    }
}
