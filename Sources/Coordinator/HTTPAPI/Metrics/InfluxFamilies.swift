import Influx

/// What has become of the points for InfluxDB.
enum InfluxFamilies {
    static func families(of counts: InfluxCounts) -> [MetricFamily] {
        [
            .counter("reeve_influx_added_lines_total", "Lines that were put into the queue.", Double(counts.added)),
            .counter("reeve_influx_written_lines_total", "Lines that the database has written.", Double(counts.written)),
            .counter("reeve_influx_written_batches_total", "Batches that the database has written.", Double(counts.batches)),
            .counter(
                "reeve_influx_dropped_lines_total", "Lines that were given up, by reason.",
                by: DropReason.allCases.map {
                    .init(labels: [("reason", $0.rawValue)], value: Double(counts.dropped[$0] ?? 0))
                }),
            .counter(
                "reeve_influx_retries_total", "Times that a batch had to be put off, by reason.",
                by: RetryReason.allCases.map {
                    .init(labels: [("reason", $0.rawValue)], value: Double(counts.retries[$0] ?? 0))
                }),
            .gauge("reeve_influx_waiting_lines", "Lines that wait, those on their way included.", Double(counts.waiting)),
            .gauge("reeve_influx_waiting_bytes", "Their bytes.", Double(counts.waitingBytes)),
            .gauge(
                "reeve_influx_waiting_seconds", "For how long the oldest of them has waited.", counts.oldestSeconds),
        ]
    }
}
