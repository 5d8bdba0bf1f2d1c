import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// The agent's reader against a tree of files whose counters advance exactly.
struct VirtualTreeReadingTests {
    @Test func exactActivityGivesExactMetricsInEveryScope() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            #expect(reader.sample().isEmpty)
            stand.step()
            let sample = reader.sample()
            for scope: Scope in [.system, .socket(0), .core(0), .core(3)] {
                #expect(sample.value(.instructionsPerCycle, scope) == 1.5)
                #expect(sample.value(.c0Residency, scope) == 0.25)
                #expect(sample.value(.c6Residency, scope) == 0.5)
                #expect(sample.value(.c1Residency, scope) == 0.25)
                #expect(sample.value(.activeFrequencyHertz, scope) == 2e9)
            }
            #expect(sample.value(.l3MissesPerSecond) == 800_000)
            #expect(sample.value(.l3MissesPerSecond, .core(2)) == 200_000)
            #expect(sample.value(.l3ReferencesPerSecond) == 4_000_000)
            #expect(sample.value(.memoryReadBytesPerSecond) == 3_840_000_000)
            #expect(sample.value(.memoryWriteBytesPerSecond) == 384_000_000)
            var tally = sample.tally
            tally.reads = 0
            #expect(tally == CounterSample.Tally(samples: 2))
            // 4 CPUs with 8 registers, 2 cores with 3 more, a package with 2 and 6 memory channels with 2: the free-running
            // clocks are left out, as the fixed counters say the same.
            stand.step()
            #expect(reader.sample().tally.reads - sample.tally.reads == 4 * 8 + 2 * 3 + 2 + 6 * 2)
        }
    }

    @Test(arguments: ["w01", "w02", "w03", "w04"])
    func thesisNodeYieldsWhatAnIdealAgentDerives(name: String) throws {
        let hardware = try #require(NodeHardware.thesisNodes[NodeName(name)])
        let activity = HardwareActivity(
            utilisation: 0.37, instructionsPerCycle: 1.13, clockRatio: 1.21, llcReferencesPerSecond: 3.3e7,
            llcMissesPerSecond: 7.7e6, memoryReadBytesPerSecond: 2.9e9, memoryWriteBytesPerSecond: 1.1e9, c6Share: 0.21)
        try withTemporaryFolder { folder in
            let stand = try Stand(folder, hardware)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step(activity)
            let sample = reader.sample()
            for (metric, ideal) in activity.systemMetrics(on: hardware) {
                let value = try #require(sample.value(metric), "\(metric.name)")
                // One count of rounding on each of at most 16 CPUs in 10 ms of at least 10 000 counts.
                #expect(abs(value - ideal) <= 1e-3 * ideal, "\(metric.name): \(value) instead of \(ideal)")
            }
        }
    }

    @Test func columnsStandSystemFirstAndKeepTheLearnersSixInOrder() throws {
        try withTemporaryFolder { folder in
            let columns = try Stand(folder).reader().columns.columns
            #expect(columns.prefix(6).map(\.metric) == Metric.schedulingState)
            let kinds = columns.map { column in
                switch column.scope {
                case .system: 0
                case .socket: 1
                case .core: 2
                }
            }
            #expect(kinds == kinds.sorted())
            #expect(Set(columns).count == columns.count)
        }
    }

    @Test func twoSocketsAreCountedApartAndSummed() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder, Stand.hardware(model: 0x55, stepping: 4, cpuCount: 8, sockets: 2))
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            let sample = reader.sample()
            #expect(sample.value(.l3MissesPerSecond, .socket(0)) == 400_000)
            #expect(sample.value(.l3MissesPerSecond, .socket(1)) == 400_000)
            #expect(sample.value(.memoryReadBytesPerSecond, .socket(1)) == 1_920_000_000)
            #expect(sample.value(.memoryReadBytesPerSecond) == 3_840_000_000)
            #expect(sample.value(.c6Residency, .core(7)) == 0.5)
        }
    }

    @Test func haswellCountsTheArchitecturalPairAlone() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder, Stand.hardware(model: 0x3F))
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            let sample = reader.sample()
            #expect(sample.value(.l3MissesPerSecond) == 800_000)
            #expect(sample.column(.l3MissesPerSecond)?.detail == "longest_lat_cache.miss (2E/41)")
            #expect(sample.column(.l3LoadMissesPerSecond)?.quality == .unavailable)
            #expect(try stand.registers(0).read(.eventSelect(2)) == 0)
            #expect(sample.value(.memoryReadBytesPerSecond) != nil)
        }
    }

    @Test func iceLakeHasCoreC1AndNoMemoryInConfigurationSpace() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder, Stand.hardware(model: 0x6A))
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            let sample = reader.sample()
            #expect(sample.value(.coreC1Residency) == 0.25)
            #expect(sample.column(.memoryWriteBytesPerSecond)?.quality == .unavailable)
            #expect(sample.column(.memoryWriteBytesPerSecond)?.detail?.contains("ICX") == true)
            // Reads are guessed from what missed the last-level cache, and said to be.
            #expect(sample.value(.memoryReadBytesPerSecond) == 51_200_000)
            #expect(sample.column(.memoryReadBytesPerSecond)?.quality == .estimate)
            #expect(sample.column(.memoryReadBytesPerSecond)?.detail?.contains("ICX") == true)
        }
    }

    @Test func activityLowersNothingWhileIdle() throws {
        try withTemporaryFolder { folder in
            let stand = try Stand(folder)
            let reader = try stand.reader()
            _ = reader.sample()
            stand.step()
            _ = reader.sample()
            stand.step(HardwareActivity(c6Share: 1))
            let sample = reader.sample()
            // Nothing executed: a ratio over no cycles is absent, a share of time is a true zero.
            #expect(sample.value(.instructionsPerCycle) == nil)
            #expect(sample.value(.c0Residency) == 0)
            #expect(sample.value(.c6Residency) == 1)
            #expect(sample.value(.l3MissesPerSecond) == 0)
        }
    }
}
