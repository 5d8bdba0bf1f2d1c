import Simulation
import Topology

@testable import Counters

/// The largest value that each column of a table can have on some hardware; every value is at least 0 and finite.
struct PlausibleRange {
    let version: UInt32
    private let largest: [Double]

    init(_ table: ColumnTable, _ hardware: NodeHardware, channels: Int) {
        version = table.version
        largest = table.columns.map { Self.largest($0, hardware, channels: channels) }
    }

    /// The first column whose value cannot be, with the value; nil when there is none.
    func violation(in sample: Sample) -> (column: Int, value: Double)? {
        for column in largest.indices {
            guard let value = sample[column] else { continue }
            // A comparison with what is not a number is false.
            guard value >= 0, value <= largest[column] else { return (column, value) }
        }
        return nil
    }

    /// What hardware can do: ratios up to 1, as many instructions in a cycle as the widest core retires, twice the nominal
    /// clock, one access to the last-level cache in each cycle, and the fastest memory there is.
    private static func largest(_ column: Column, _ hardware: NodeHardware, channels: Int) -> Double {
        let cpus =
            switch column.scope {
            case .core: 1.0
            case .socket: Double(hardware.cpuCount / hardware.sockets)
            case .system: Double(hardware.cpuCount)
            }
        let clock = 2.02 * Double(hardware.nominalHertz)
        switch column.metric {
        case .instructionsPerCycle: return 8.1
        case .activeFrequencyHertz: return clock
        case .l3MissesPerSecond, .l3ReferencesPerSecond, .l3LoadMissesPerSecond, .l3LoadHitsPerSecond:
            return clock * cpus
        case .memoryReadBytesPerSecond, .memoryWriteBytesPerSecond:
            // An estimate from cache misses is bounded by them.
            return column.quality == .estimate && column.source == "msr" ? 64 * clock * cpus : 64e9 * Double(channels)
        default: return column.metric.name.hasSuffix("_ratio") ? 1 : 0
        }
    }
}
