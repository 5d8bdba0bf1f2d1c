public import Topology

extension Metric {
    /// Share of last-level cache references that hit: 1 - misses / references.
    public static let l3HitRatio = Metric("l3_hit_ratio")
    /// Retired demand loads that missed the L3, per second. Not comparable with `l3MissesPerSecond`, which counts
    /// prefetches, stores and code as well.
    public static let l3LoadMissesPerSecond = Metric("l3_load_misses_per_second")
    /// Retired demand loads that hit the L3, per second.
    public static let l3LoadHitsPerSecond = Metric("l3_load_hits_per_second")
    /// As `l3MissesPerSecond`, of the performance cores of a processor that has two kinds.
    public static let performanceCoreL3MissesPerSecond = Metric("performance_core_l3_misses_per_second")
    /// As `l3MissesPerSecond`, of the efficiency cores of a processor that has two kinds.
    public static let efficiencyCoreL3MissesPerSecond = Metric("efficiency_core_l3_misses_per_second")
    /// Cache lines that a core got from memory, per second (AMD's data cache fills by source). Not a count of misses.
    public static let memoryFillsPerSecond = Metric("memory_fills_per_second")
    /// Share of time, 0 to 1, that the physical core spent in C1 by its own register, where there is one.
    public static let coreC1Residency = Metric("core_c1_residency_ratio")
    /// Share of time, 0 to 1, that a guest's CPU was ready and the hypervisor ran something else.
    public static let stolenRatio = Metric("stolen_ratio")
    /// Bytes moved to and from DRAM per second, where reads and writes cannot be told apart.
    public static let memoryBytesPerSecond = Metric("memory_bytes_per_second")
    /// Bytes per second between the last-level cache and memory anywhere, by resource control's monitoring. Whether
    /// write-backs are contained depends on the model.
    public static let l3ExternalBytesPerSecond = Metric("l3_external_bytes_per_second")
    /// The part of `l3ExternalBytesPerSecond` that went to the socket's own memory.
    public static let l3LocalBytesPerSecond = Metric("l3_local_bytes_per_second")
    /// Power of the processor package, in watts.
    public static let packagePowerWatts = Metric("package_power_watts")
    /// Power of the package's memory, in watts.
    public static let memoryPowerWatts = Metric("memory_power_watts")
    /// Temperature of the processor package, in degrees Celsius.
    public static let packageTemperatureCelsius = Metric("package_temperature_celsius")
}
