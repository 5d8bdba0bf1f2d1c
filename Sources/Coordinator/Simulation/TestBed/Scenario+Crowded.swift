import Measures
public import Topology

extension Scenario {
    /// Interference everywhere and ever changing: phases of 20 to 60 steps in which each node, the fastest included,
    /// carries 0, 25, 50 or 75 % pressure on its CPU, its L3 or its memory bandwidth, each level and each resource as
    /// likely as the others; loose and strict targets alternate. The same `seed` gives the same scenario.
    ///
    /// The thesis' schedule never presses the fastest node hard and so rewards staying put; here it does not.
    public static func crowded(seed: UInt64, steps: Int, nodes: Int) throws(TopologyError) -> Scenario {
        var random = SeededRandom(seed: seed, stream: "crowded")
        let targets = [try LatencyTarget(seconds: strictSeconds), try LatencyTarget(seconds: looseSeconds)]
        var phases: [Phase] = []
        var left = steps
        while left > 0 {
            let length = min(left, 20 + random.index(below: 41))
            let pressure = (0..<nodes).map { _ in randomPressure(&random) }
            phases.append(Phase(steps: length, target: targets[phases.count % 2], pressure: pressure))
            left -= length
        }
        return Scenario(name: "crowded", phases: phases)
    }

    private static func randomPressure(_ random: inout SeededRandom) -> Pressure {
        let level = [0, 0.25, 0.5, 0.75][random.index(below: 4)]
        return switch random.index(below: 3) {
        case 0: Pressure(cpu: level)
        case 1: Pressure(l3: level)
        default: Pressure(memoryBandwidth: level)
        }
    }
}
