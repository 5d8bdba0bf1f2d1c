import Simulation

extension CalibrationExperiment {
    /// C3 to C6: what CPU pressure does.
    static func pressureRows(_ model: LatencyModel) -> [CalibrationRow] {
        let threeQuarters = Pressure(cpu: 0.75)
        let absorbed = (0..<3).flatMap { node in [0.1, 0.5].map { (node, $0) } }
        let absorbedSlowdowns = absorbed.map { model.slowdown(on: $0, under: Pressure(cpu: $1)) }
        let half = model.slowdown(on: 3, under: Pressure(cpu: 0.5))
        func framer(_ pressure: Pressure) -> Double { model.framerSeconds(on: 0, under: pressure, frames: 16) }
        func models(_ pressure: Pressure) -> Double { model.modelSeconds(on: 0, under: pressure) }
        return [0.33, 0.33, 0.30, 0.47].enumerated().map { node, target in
            .value(
                "C3 \(name(model, node))", "workflow slowdown at 80 % CPU pressure, 65 frames", target: target,
                simulated: model.slowdown(on: node, under: Pressure(cpu: 0.8)))
        }
            + zip(absorbed, absorbedSlowdowns).map { place, slowdown in
                .limit(
                    "C4 \(name(model, place.0)) \(Int(place.1 * 100)) %", "workflow slowdown, nearly absorbed",
                    highest: 0.08,
                    simulated: slowdown)
            } + [
                .limit(
                    "C5", "workflow slowdown on the fourth node at 50 %, clearly felt", lowest: 0.1, simulated: half),
                .rising(
                    "C5 order", "the largest of C4, then C5",
                    simulated: [absorbedSlowdowns.max() ?? .infinity, half]),
                .value(
                    "C6 framer", "framer slowdown on the first node at 75 %, 16 frames", target: 0.576,
                    simulated: framer(threeQuarters) / framer(.none) - 1),
                .value(
                    "C6 models", "models slowdown on the first node at 75 %", target: 0.472,
                    simulated: models(threeQuarters) / models(.none) - 1),
            ]
    }

    /// C12: at the same level pressure on the L3 slows most, on every node.
    static func resourceRows(_ model: LatencyModel) -> [CalibrationRow] {
        model.parameters.nodes.indices.flatMap { node in
            [0.25, 0.5, 0.75].map { level in
                let others = max(
                    model.slowdown(on: node, under: Pressure(cpu: level)),
                    model.slowdown(on: node, under: Pressure(memoryBandwidth: level)))
                return .rising(
                    "C12 \(name(model, node)) \(Int(level * 100)) %",
                    "workflow slowdown: larger of CPU and memory bandwidth, then L3",
                    simulated: [others, model.slowdown(on: node, under: Pressure(l3: level))])
            }
        }
    }
}
