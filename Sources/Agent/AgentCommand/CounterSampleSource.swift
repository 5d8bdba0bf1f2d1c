import Counters
import Uplink

/// The node's counters as the uplink samples them.
struct CounterSampleSource: SampleSource {
    let reader: CounterReader

    mutating func sample() -> SampleRound {
        let sample = reader.sample()
        let tally = sample.tally
        return SampleRound(
            readings: [NodeReading(columns: sample.table, sample: sample.sample)],
            tally: SourceTally(
                failedReads: tally.failedReads, implausible: tally.implausible, resets: tally.resets, gaps: tally.gaps))
    }

    mutating func setInterval(milliseconds: UInt32) { reader.expectPeriod(seconds: Double(milliseconds) / 1_000) }

    mutating func close() { reader.close() }
}
