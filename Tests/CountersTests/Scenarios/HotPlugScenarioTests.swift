import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// CPUs that go offline under the reader and come back.
struct HotPlugScenarioTests {
    /// Lets so many seconds pass, a sample each 10 ms, and gives the last sample.
    private func run(_ stand: ScenarioStand, _ reader: CounterReader, seconds: Int) -> CounterSample {
        for _ in 0..<seconds * 100 - 1 {
            stand.step()
            _ = reader.sample()
        }
        stand.step()
        return reader.sample()
    }

    @Test(arguments: [VirtualTree.OfflineManner.nodeVanishes, .nodeStays])
    func cpuThatLeavesTakesItsShareAndBringsItBack(manner: VirtualTree.OfflineManner) throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        stand.step()
        reader.sample().expect([.l3MissesPerSecond: 3_200_000])
        try stand.tree.takeOffline(3, manner)
        let without = run(stand, reader, seconds: 3)
        #expect(without.column(.c0Residency, .core(3)) == nil)
        without.expect([
            .instructionsPerCycle: 1.5, .c0Residency: 0.25, .c6Residency: 0.5, .l3MissesPerSecond: 2_400_000,
            .memoryReadBytesPerSecond: 3_840_000_000, .packagePowerWatts: 100,
        ])
        try stand.tree.bringOnline(3)
        let with = run(stand, reader, seconds: 3)
        with.expect([.instructionsPerCycle: 1.5, .l3MissesPerSecond: 3_200_000])
        with.expect([.instructionsPerCycle: 1.5, .c0Residency: 0.25, .c6Residency: 0.5], .core(3))
        #expect(with.tally.implausible == 0)
        reader.close()
    }

    @Test func sampleInWhichACPUVanishesIsNeverTooLowOrNegative() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        try stand.tree.takeOffline(2)
        for _ in 0..<100 {
            stand.step()
            let sample = reader.sample()
            if let ratio = sample.value(.instructionsPerCycle) { #expect(ratio == 1.5) }
            if let share = sample.value(.c0Residency) { #expect(share == 0.25) }
            if let misses = sample.value(.l3MissesPerSecond) { #expect([2_400_000, 3_200_000].contains(misses)) }
        }
    }

    @Test func siblingReadsTheCoreWhenItsReaderHasGone() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        // CPUs 1 and 3 share a core, which CPU 1 reads.
        try stand.tree.takeOffline(1)
        let sample = run(stand, reader, seconds: 3)
        sample.expect([.c6Residency: 0.5, .c0Residency: 0.25, .c1Residency: 0.25], .core(3))
        #expect(sample.column(.c6Residency, .core(1)) == nil)
    }

    @Test func packageWithoutCPUsHasNoValues() throws {
        let stand = try ScenarioStand(.twoSocketsOneChannelMissing)
        let reader = try stand.startedReader()
        stand.step()
        reader.sample().expect([.packagePowerWatts: 100], .socket(1))
        for cpu in [2, 3, 6, 7] { try stand.tree.takeOffline(cpu) }
        let sample = run(stand, reader, seconds: 3)
        #expect(sample.value(.packagePowerWatts, .socket(1)) == nil)
        #expect(sample.value(.memoryReadBytesPerSecond, .socket(1)) == nil)
        sample.expect([.packagePowerWatts: 100, .memoryReadBytesPerSecond: 1_920_000_000], .socket(0))
    }

    @Test func packageFindsAnotherReader() throws {
        let stand = try ScenarioStand(.twoSocketsOneChannelMissing)
        let reader = try stand.startedReader()
        try stand.tree.takeOffline(2)
        let sample = run(stand, reader, seconds: 3)
        sample.expect(
            [.packagePowerWatts: 100, .packageTemperatureCelsius: 55, .memoryReadBytesPerSecond: 1_920_000_000],
            .socket(1))
    }
}
