/// What a column of telemetry measures, with its unit. A struct rather than an enum: an agent may send metrics that a
/// coordinator of an older version does not know, and they pass through unharmed.
public struct Metric: Hashable, Sendable, Codable {
    /// Lower-case words joined by underscores, the unit last, as Prometheus names metrics.
    public let name: String

    /// The metric called `name`.
    public init(_ name: String) { self.name = name }

    /// Retired instructions per core cycle (dINST / dCYC).
    public static let instructionsPerCycle = Metric("instructions_per_cycle")
    /// Bytes read from DRAM per second.
    public static let memoryReadBytesPerSecond = Metric("memory_read_bytes_per_second")
    /// Bytes written to DRAM per second.
    public static let memoryWriteBytesPerSecond = Metric("memory_write_bytes_per_second")
    /// Last-level cache misses per second; which event counts as a miss is told by the column's definition.
    public static let l3MissesPerSecond = Metric("l3_misses_per_second")
    /// Last-level cache references per second.
    public static let l3ReferencesPerSecond = Metric("l3_references_per_second")
    /// Share of time, 0 to 1, in which the CPU executed instructions.
    public static let c0Residency = Metric("c0_residency_ratio")
    /// Share of time, 0 to 1, halted but in no deeper state: the remainder 1 - C0 - deeper states.
    public static let c1Residency = Metric("c1_residency_ratio")
    /// Share of time, 0 to 1, in core state C3.
    public static let c3Residency = Metric("c3_residency_ratio")
    /// Share of time, 0 to 1, in core state C6.
    public static let c6Residency = Metric("c6_residency_ratio")
    /// Share of time, 0 to 1, in core state C7.
    public static let c7Residency = Metric("c7_residency_ratio")
    /// Share of time, 0 to 1, in package state C2.
    public static let packageC2Residency = Metric("package_c2_residency_ratio")
    /// Share of time, 0 to 1, in package state C6.
    public static let packageC6Residency = Metric("package_c6_residency_ratio")
    /// Core clock while not halted (nominal clock times dCYC / dREF), in hertz.
    public static let activeFrequencyHertz = Metric("active_frequency_hertz")

    /// The six metrics per node that make the learner's state, in its order (Darly thesis, table 5.1).
    public static let schedulingState: [Metric] = [
        .instructionsPerCycle, .memoryReadBytesPerSecond, .memoryWriteBytesPerSecond, .l3MissesPerSecond, .c0Residency,
        .c1Residency,
    ]
}
