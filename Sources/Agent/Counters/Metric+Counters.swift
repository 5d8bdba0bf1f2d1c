public import Topology

extension Metric {
    /// Retired demand loads that missed the L3, per second. Not comparable with `l3MissesPerSecond`, which counts
    /// prefetches, stores and code as well.
    public static let l3LoadMissesPerSecond = Metric("l3_load_misses_per_second")
    /// Retired demand loads that hit the L3, per second.
    public static let l3LoadHitsPerSecond = Metric("l3_load_hits_per_second")
    /// Share of time, 0 to 1, that the physical core spent in C1 by its own register, where there is one.
    public static let coreC1Residency = Metric("core_c1_residency_ratio")
}
