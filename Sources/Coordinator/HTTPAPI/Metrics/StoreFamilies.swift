import ControlAPI
import Store

/// What is kept, and whether it is.
enum StoreFamilies {
    static func families(of journal: JournalHealth, _ history: HistoryStatus?) -> [MetricFamily] {
        let journal = journal.state
        let families: [MetricFamily] = [
            .gauge("reeve_store_journal_up", "Whether the journal takes what is written.", journal.newest == nil ? 1 : 0),
            .counter(
                "reeve_store_journal_failures_total", "Entries that the journal could not take.", Double(journal.failures)),
        ]
        return families + (history.map(families(of:)) ?? [])
    }

    private static func families(of status: HistoryStatus) -> [MetricFamily] {
        [
            .gauge("reeve_store_history_up", "Whether the history is written.", status.state == .running ? 1 : 0),
            .gauge("reeve_store_series", "Series of the history.", Double(status.series)),
            .counter("reeve_store_points_total", "Points of the history that were written.", Double(status.writtenPoints)),
            .counter(
                "reeve_store_dropped_points_total", "Points that were dropped because too many waited to be written.",
                Double(status.droppedPoints)),
            .counter(
                "reeve_store_refused_points_total",
                "Points that were not taken: there were too many series, or they were no numbers.",
                Double(status.refusedPoints)),
            .gauge("reeve_store_queued_points", "Points that wait to be written.", Double(status.queuedPoints)),
            .gauge(
                "reeve_store_lag_seconds", "Since when the oldest point that is not written yet has waited.",
                status.lagSeconds),
            .gauge("reeve_store_used_bytes", "Bytes of the history that are in use.", Double(status.usedBytes)),
            .gauge("reeve_store_limit_bytes", "Bytes of the history that may be in use.", Double(status.limitBytes)),
            .counter(
                "reeve_store_dropped_blocks_total", "Blocks that went before their time because the bytes were used up.",
                Double(status.droppedBlocks)),
        ]
    }
}
