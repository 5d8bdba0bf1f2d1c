public import Topology

/// What an agent tells of itself. The names are Prometheus' style: base units, and `_total` for what only rises.
extension Metric {
    /// Processor time that the agent's process has used, in seconds.
    public static let agentCPUSeconds = Metric("agent_cpu_seconds_total")
    /// Share of one core that the agent has used since the sample before.
    public static let agentCPUShare = Metric("agent_cpu_ratio")
    /// Memory of the agent that is resident, in bytes.
    public static let agentResidentBytes = Metric("agent_resident_memory_bytes")
    /// Seconds between two samples as the agent means them now: longer than what was asked for while its cost is above
    /// its budget.
    public static let agentIntervalSeconds = Metric("agent_interval_seconds")
    /// Reads of registers and files behind the sample.
    public static let agentReadsPerSample = Metric("agent_reads_per_sample")
    /// Reads that failed.
    public static let agentFailedReads = Metric("agent_failed_reads_total")
    /// Samples that were skipped because the one before them took too long.
    public static let agentOverruns = Metric("agent_overruns_total")
    /// Intervals dropped because the machine or the agent stood still.
    public static let agentGaps = Metric("agent_gaps_total")
    /// Differences dropped because they cannot be true.
    public static let agentImplausible = Metric("agent_implausible_differences_total")
    /// Differences dropped because a counter was set back.
    public static let agentResets = Metric("agent_resets_total")
    /// Batches of this node that the bounded buffer dropped before they were acknowledged.
    public static let agentDroppedBatches = Metric("agent_dropped_batches_total")
}
