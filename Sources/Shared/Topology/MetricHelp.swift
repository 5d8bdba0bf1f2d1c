/// What is said of each metric in Prometheus' HELP line; docs/metrics.md says more.
public enum MetricHelp {
    /// The line's text: of a metric that is not in the table, the words of its name.
    public static func text(of metric: Metric) -> String {
        texts[metric.name] ?? String(metric.name.map { $0 == "_" ? " " : $0 })
    }

    /// Whether the metric only rises, as the name of a Prometheus counter says.
    public static func isCounter(_ metric: Metric) -> Bool { metric.name.hasSuffix("_total") }

    /// By the metric's name.
    public static let texts = [
        "instructions_per_cycle": "Retired instructions per core cycle.",
        "memory_read_bytes_per_second": "Bytes read from memory per second.",
        "memory_write_bytes_per_second": "Bytes written to memory per second.",
        "memory_bytes_per_second": "Bytes read from or written to memory per second.",
        "memory_fills_per_second": "Cache lines that cores got from memory, per second.",
        "l3_misses_per_second": "Misses of the last-level cache per second.",
        "performance_core_l3_misses_per_second": "Misses of the last-level cache per second by cores built for speed.",
        "efficiency_core_l3_misses_per_second": "Misses of the last-level cache per second by cores built for thrift.",
        "l3_references_per_second": "References to the last-level cache per second.",
        "l3_hit_ratio": "Share of references to the last-level cache that found their data.",
        "l3_load_misses_per_second": "Retired loads that missed the L3, per second.",
        "l3_load_hits_per_second": "Retired loads that hit the L3, per second.",
        "l3_external_bytes_per_second": "Bytes between the last-level cache and memory per second.",
        "l3_local_bytes_per_second": "Bytes between the last-level cache and memory of the same socket per second.",
        "c0_residency_ratio": "Share of time in which instructions were executed.",
        "c1_residency_ratio": "Share of time halted, in no deeper state.",
        "core_c1_residency_ratio": "Share of time that the core was in C1, by its own register.",
        "c3_residency_ratio": "Share of time that the core was in C3.",
        "c6_residency_ratio": "Share of time that the core was in C6.",
        "c7_residency_ratio": "Share of time that the core was in C7.",
        "package_c2_residency_ratio": "Share of time that the package was in C2.",
        "package_c6_residency_ratio": "Share of time that the package was in C6.",
        "stolen_ratio": "Share of time that the hypervisor ran something else although the guest had work.",
        "active_frequency_hertz": "Core clock while not halted.",
        "package_power_watts": "Power of the package.",
        "memory_power_watts": "Power of the memory.",
        "package_temperature_celsius": "Temperature of the package.",
        "agent_cpu_seconds_total": "Processor time that the agent has used.",
        "agent_cpu_ratio": "Share of one core that the agent used since the sample before.",
        "agent_resident_memory_bytes": "Resident memory of the agent.",
        "agent_interval_seconds": "Time between two samples as the agent means them now.",
        "agent_reads_per_sample": "Reads of registers and files behind a sample.",
        "agent_failed_reads_total": "Reads that failed.",
        "agent_overruns_total": "Samples skipped because the one before took too long.",
        "agent_gaps_total": "Intervals dropped because the machine or the agent stood still.",
        "agent_implausible_differences_total": "Differences dropped because they cannot be true.",
        "agent_resets_total": "Differences dropped because a counter was set back.",
        "agent_dropped_batches_total": "Batches that the agent's buffer dropped before they were acknowledged.",
    ]
}
