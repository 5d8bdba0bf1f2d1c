public import Topology

extension Scenario {
    /// The same course with other targets in the places of the thesis' loose and strict ones.
    public func with(looseSeconds: Double, strictSeconds: Double) throws(TopologyError) -> Scenario {
        let loose = try LatencyTarget(seconds: looseSeconds)
        let strict = try LatencyTarget(seconds: strictSeconds)
        return Scenario(
            name: name,
            phases: phases.map {
                Phase(
                    steps: $0.steps, target: $0.target.seconds >= Self.looseSeconds ? loose : strict,
                    pressure: $0.pressure)
            })
    }

    /// The same phases in the same order and proportion within `steps` steps altogether. With fewer steps than phases
    /// some phases vanish.
    public func scaled(to steps: Int) -> Scenario {
        var passed = 0
        var begun = 0
        return Scenario(
            name: name,
            phases: phases.map { phase in
                passed += phase.steps
                let end = steps * passed / self.steps
                defer { begun = end }
                return Phase(steps: end - begun, target: phase.target, pressure: phase.pressure)
            })
    }
}
