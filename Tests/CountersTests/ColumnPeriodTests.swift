import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Columns of what is read less often than each sample say how often it is read.
struct ColumnPeriodTests {
    private static let slow: Set<Metric> = [
        .memoryReadBytesPerSecond, .memoryWriteBytesPerSecond, .l3ExternalBytesPerSecond, .l3LocalBytesPerSecond,
        .packagePowerWatts, .memoryPowerWatts, .packageTemperatureCelsius,
    ]

    /// One reader per way of sampling; the periods are those that were configured, whichever is the longer of them and
    /// the tick.
    @Test(arguments: [
        (SamplingPeriods(tick: 0.01), 100, 500),
        (SamplingPeriods(tick: 0.01, slow: 2, accounting: 1.5), 2_000, 1_500),
        (SamplingPeriods(tick: 1), 100, 500),
        (SamplingPeriods(tick: 0.01, slow: 0, accounting: 0), nil, nil),
    ] as [(SamplingPeriods, UInt32?, UInt32?)])
    func columnsTellTheConfiguredPeriods(_ periods: SamplingPeriods, _ slow: UInt32?, _ accounting: UInt32?) throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try CounterReader(
            roots: stand.roots, time: stand.time, settings: CounterSettings(periods: periods))
        var told: Set<Metric> = []
        for column in reader.columns.columns {
            switch column.quality {
            case .unavailable: #expect(column.periodMilliseconds == nil, "\(column.metric.name)")
            default:
                told.insert(column.metric)
                let expected =
                    Self.slow.contains(column.metric) ? slow : column.source == "os" ? accounting : nil
                #expect(column.periodMilliseconds == expected, "\(column.metric.name) \(column.scope)")
            }
        }
        #expect(told.isSuperset(of: Self.slow))
        #expect(told.isSuperset(of: [.instructionsPerCycle, .c0Residency, .stolenRatio]))
    }

    @Test func accountingTellsItsOwnPeriod() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try CounterReader(
            roots: stand.roots, time: stand.time,
            settings: CounterSettings(preference: .proc, periods: SamplingPeriods(tick: 0.01)))
        let column = reader.columns.columns.first { $0.metric == .c0Residency && $0.scope == .system }
        #expect(
            column
                == Column(
                    metric: .c0Residency, scope: .system, source: "os", quality: .derived,
                    detail: "time not idle by the kernel's accounting", periodMilliseconds: 500))
    }

    @Test func columnsStayWhatTheyAreWhenAnotherIntervalIsOrdered() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try CounterReader(
            roots: stand.roots, time: stand.time, settings: CounterSettings(periods: SamplingPeriods(tick: 0.01)))
        _ = reader.sample()
        for _ in 0..<10 {
            stand.step()
            _ = reader.sample()
        }
        let columns = reader.columns
        reader.expectPeriod(seconds: 1)
        for _ in 0..<3 {
            stand.step(seconds: 1)
            let sample = reader.sample()
            #expect(sample.table == columns)
            #expect(sample.value(.memoryReadBytesPerSecond) == 3_840_000_000)
        }
    }

    @Test func guestsColumnsTellTheirPeriodsToo() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try CounterReader(
            roots: stand.roots, time: stand.time,
            settings: CounterSettings(periods: SamplingPeriods(tick: 0.01), guests: [.cpus([0, 1])]))
        let guest = reader.sample(ofGuest: 0)
        #expect(guest.column(.memoryReadBytesPerSecond)?.periodMilliseconds == 100)
        #expect(guest.column(.instructionsPerCycle)?.periodMilliseconds == nil)
    }
}
