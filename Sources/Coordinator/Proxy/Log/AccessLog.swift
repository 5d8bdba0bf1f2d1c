#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// One loop's lines of the access log, collected and handed to the writer in pieces.
final class AccessLog {
    private let format: AccessLogSettings.Format
    private let writer: AccessLogWriter
    private var pending: [UInt8] = []
    private var lines: UInt64 = 0

    private static let pieceBytes = 32_768

    init(_ format: AccessLogSettings.Format, _ writer: AccessLogWriter) {
        self.format = format
        self.writer = writer
    }

    func write(_ line: AccessLogLine) {
        pending += line.text(format, at: Self.timeOfDay).utf8
        pending.append(Octet.lineFeed)
        lines += 1
        if pending.count >= Self.pieceBytes { flush() }
    }

    /// Hands over what has been collected.
    func flush() {
        guard !pending.isEmpty else { return }
        writer.append(pending, lines: lines)
        pending.removeAll(keepingCapacity: true)
        lines = 0
    }

    /// Lines bear the time of day, which no time source of this package's knows: it is shown, never reckoned with.
    private static var timeOfDay: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
