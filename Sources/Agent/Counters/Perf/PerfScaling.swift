/// Estimates what an event would have counted, had it run all the time: the kernel shares counters out in turns when
/// more events are open than there are counters (perf_event_open(2), time_enabled and time_running).
enum PerfScaling {
    /// `count` times `enabled` / `running`, to the nearest whole number; `count` itself when the event ran throughout,
    /// nil when it never did. A product beyond 64 bits gives the largest number.
    static func scaled(_ count: UInt64, enabled: UInt64, running: UInt64) -> UInt64? {
        guard running > 0 else { return nil }
        guard running < enabled else { return count }
        let product = count.multipliedFullWidth(by: enabled)
        guard product.high < running else { return .max }
        let (quotient, remainder) = running.dividingFullWidth(product)
        guard remainder >= running - remainder, quotient < .max else { return quotient }
        return quotient + 1
    }
}
