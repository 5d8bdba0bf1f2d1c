public import Topology

extension Scenario {
    /// The thesis' training: 500 steps, five phases of CPU pressure of 100 steps each, loose target in the first three
    /// (Darly thesis, section 5.4, first schedule). Nodes in the order w01 to w04.
    public static func thesisTraining() throws(TopologyError) -> Scenario {
        try thesis(name: "thesis training", stepsPerPhase: 100)
    }

    /// The thesis' frozen inference: the same phases at 50 steps each, 250 steps (second schedule).
    public static func thesisInference() throws(TopologyError) -> Scenario {
        try thesis(name: "thesis inference", stepsPerPhase: 50)
    }

    /// The targets that the thesis calls loose and strict, in seconds.
    public static let looseSeconds = 35.0
    /// See `looseSeconds`.
    public static let strictSeconds = 26.0

    /// CPU pressure per phase on w01 to w04.
    static let thesisPressure: [[Double]] = [
        [0.25, 0, 0, 0.50],
        [0.50, 0, 0, 0.25],
        [0, 0.50, 0.25, 0],
        [0, 0, 0, 0],
        [0.50, 0.25, 0.75, 0],
    ]

    private static func thesis(name: String, stepsPerPhase: Int) throws(TopologyError) -> Scenario {
        let loose = try LatencyTarget(seconds: looseSeconds)
        let strict = try LatencyTarget(seconds: strictSeconds)
        return Scenario(
            name: name,
            phases: thesisPressure.enumerated().map { index, cpu in
                Phase(steps: stepsPerPhase, target: index < 3 ? loose : strict, pressure: cpu.map { Pressure(cpu: $0) })
            })
    }
}
