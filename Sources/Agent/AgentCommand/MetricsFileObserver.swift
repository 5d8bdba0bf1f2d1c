import Exposition
import Logging
import Measures
import Uplink

/// Shows the metrics file what the uplink sends, and says once when the file cannot be written.
struct MetricsFileObserver: SampleObserver {
    private var file: MetricsFile
    private let logger: Logger
    private var lastFailure: MetricsFileError?

    init(_ file: MetricsFile, logger: Logger) {
        self.file = file
        self.logger = logger
    }

    mutating func observe(_ readings: [NodeReading], takenAt instant: MonotonicInstant) {
        do throws(MetricsFileError) {
            try file.take(readings.map { ($0.columns, $0.sample) }, at: instant)
            lastFailure = nil
        } catch {
            if error != lastFailure { logger.warning("no metrics for node_exporter: \(error)") }
            lastFailure = error
        }
    }

    mutating func close() { file.remove() }
}
