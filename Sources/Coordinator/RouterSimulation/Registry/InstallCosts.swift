import Measures

/// What installing a package costs.
public enum InstallCosts {
    /// CPU time that installing 20 popular packages takes, in milliseconds, in the order of the file. Pipbench
    /// (github.com/open-lambda/pipbench, graph_resizing/install.json at ac03ef5), Apache License 2.0.
    public static let measuredMilliseconds: [Double] = [
        2122.076, 1851.329, 574.466, 1106.106, 512.462, 1641.626, 579.709, 812.391, 3459.066, 590.986,
        3036.806, 929.308, 2654.993, 510.767, 2175.583, 7026.321, 1071.345, 607.945, 558.123, 1304.676,
    ]

    /// A cost for each of `count` packages, drawn from the measured ones.
    public static func drawn(count: Int, seed: UInt64, scale: Double) -> [Double] {
        var random = SeededRandom(seed: seed, stream: "install costs")
        return (0..<count).map { _ in scale * measuredMilliseconds[random.index(below: measuredMilliseconds.count)] }
    }
}
