import Counters
import Uplink

/// The counters of a machine, of its guests, or of both as the uplink samples them.
struct CounterSampleSource: SampleSource {
    private let reader: CounterReader
    private let readsMachine: Bool
    private let guests: Int
    private var readsBefore = 0

    /// Reads the machine as a whole, if that is a node, and then so many guests of it.
    init(reader: CounterReader, readsMachine: Bool, guests: Int) {
        self.reader = reader
        self.readsMachine = readsMachine
        self.guests = guests
    }

    mutating func sample() -> SampleRound {
        let machine = reader.sample()
        let samples = (readsMachine ? [machine] : []) + (0..<guests).map { reader.sample(ofGuest: $0) }
        let tally = machine.tally
        defer { readsBefore = tally.reads }
        return SampleRound(
            readings: samples.map { NodeReading(columns: $0.table, sample: $0.sample) },
            tally: SourceTally(
                reads: tally.reads - readsBefore, failedReads: tally.failedReads, implausible: tally.implausible,
                resets: tally.resets, gaps: tally.gaps))
    }

    mutating func setInterval(milliseconds: UInt32) { reader.expectPeriod(seconds: Double(milliseconds) / 1_000) }

    mutating func close() { reader.close() }
}
