import Counters
import Topology
import Uplink

/// The node's counters as the uplink samples them.
struct CounterSampleSource: SampleSource {
    let reader: CounterReader

    mutating func sample() -> (columns: ColumnTable, sample: Sample) {
        let sample = reader.sample()
        return (sample.table, sample.sample)
    }

    mutating func close() { reader.close() }
}
