import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// AMD processors: cores, caches, fabric and memory controllers, each counted where it can be.
struct ZenScenarioTests {
    @Test(arguments: ["zen2", "zen4"])
    func freeRunningClocksAndTheKernelsFilesGiveExactFigures(name: String) throws {
        let stand = try ScenarioStand(#require(HardwareProfile.named[name]))
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([
            .c0Residency: 0.25, .packagePowerWatts: 100, .l3ExternalBytesPerSecond: 4_224_000_000,
            .activeFrequencyHertz: 2e9,
        ])
        for cpu in 0..<8 { sample.expect([.c0Residency: 0.25], .core(cpu)) }
        #expect(sample.tally.implausible == 0 && sample.tally.resets == 0)
    }

    @Test(arguments: ["zen2", "zen4"])
    func residenciesAndMemoryEnergyThatDoNotExistAreAbsent(name: String) throws {
        let stand = try ScenarioStand(#require(HardwareProfile.named[name]))
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        for metric: Metric in [.c7Residency, .coreC1Residency, .packageC6Residency, .memoryPowerWatts] {
            #expect(sample.value(metric) == nil, "\(metric.name)")
            #expect(sample.absence(metric).isEmpty == false, "\(metric.name)")
        }
    }

    @Test func energyWrapsAtThirtyTwoBits() throws {
        let stand = try ScenarioStand(.zen2)
        stand.tree.set(.zenPackageEnergy, to: 0xFFFF_FFF0, package: 0)
        stand.step(seconds: 0)
        let reader = try stand.startedReader()
        stand.step()
        let watts = try #require(reader.sample().value(.packagePowerWatts))
        // The kernel gives its range in whole microjoules, which loses less than one count of 61 at the wrap.
        #expect(abs(watts - 100) <= 61e-6 / 0.01 + 1e-3)
    }

    @Test func zen4CountsCoresCachesAndMemoryControllers() throws {
        let stand = try ScenarioStand(.zen4)
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([
            .instructionsPerCycle: 1.5, .c0Residency: 0.25, .activeFrequencyHertz: 2e9,
            .l3MissesPerSecond: 3_200_000, .l3ReferencesPerSecond: 16_000_000, .l3HitRatio: 0.8,
            .memoryReadBytesPerSecond: 3_840_000_000, .memoryWriteBytesPerSecond: 384_000_000,
            .memoryFillsPerSecond: 3_200_000,
        ])
        // A cache counts for all of its cores: no single one has misses of its own.
        #expect(sample.column(.l3MissesPerSecond, .core(0)) == nil)
        #expect(sample.column(.memoryReadBytesPerSecond)?.source == "umc")
    }

    @Test func zen2CountsTheTrafficOfAllChannelsOnceItKnowsThem() throws {
        let stand = try ScenarioStand(.zen2)
        let reader = try stand.startedReader()
        for _ in 0..<10 {
            stand.step()
            _ = reader.sample()
        }
        stand.step()
        let sample = reader.sample()
        sample.expect([
            .instructionsPerCycle: 1.5, .c0Residency: 0.25, .l3MissesPerSecond: 3_200_000,
            .l3ReferencesPerSecond: 16_000_000, .memoryBytesPerSecond: 4_224_000_000, .memoryWriteBytesPerSecond: nil,
        ])
        // Four counters stand for eight channels.
        #expect(sample.column(.memoryBytesPerSecond)?.quality == .estimate)
    }

    @Test(arguments: [UInt64(0x7FFF_FFFF_FFFF), 0x8000_0000_0000, 0xFFFF_FFFF_0000])
    func memoryControllerIsSetBackBeforeItStopsAndNothingIsLost(before: UInt64) throws {
        let stand = try ScenarioStand(.zen4)
        for channel in 0..<12 {
            for index in 0..<2 {
                let counter = RegisterAddress.zenMemoryCounter(channel: channel, index: index, perChannel: 4)
                stand.tree.set(counter, to: before, package: 0)
            }
        }
        stand.step(seconds: 0)
        let reader = try stand.startedReader()
        for _ in 0..<2 {
            stand.step()
            reader.sample().expect([
                .memoryReadBytesPerSecond: 3_840_000_000, .memoryWriteBytesPerSecond: 384_000_000,
            ])
        }
        let counter = RegisterAddress.zenMemoryCounter(channel: 0, index: 0, perChannel: 4)
        #expect(stand.tree[counter, cpu: 0] <= 100_000)
    }

    @Test func memoryControllerThatHasStoppedLosesThatIntervalAndGoesOn() throws {
        let stand = try ScenarioStand(.zen4)
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        let counter = RegisterAddress.zenMemoryCounter(channel: 5, index: 0, perChannel: 4)
        stand.tree.set(counter, to: (1 << 48) - 10, package: 0)
        stand.step()
        reader.sample().expect([.memoryReadBytesPerSecond: nil, .memoryWriteBytesPerSecond: 384_000_000])
        stand.step()
        _ = reader.sample()
        stand.step()
        reader.sample().expect([
            .memoryReadBytesPerSecond: 3_840_000_000, .memoryWriteBytesPerSecond: 384_000_000,
        ])
    }

    @Test(arguments: ["zen2", "zen4"])
    func foreignOwnerKeepsTheCoresCounters(name: String) throws {
        let stand = try ScenarioStand(#require(HardwareProfile.named[name]))
        stand.tree[.zenEventSelect(3), cpu: 6] = ZenCoreEvent.cycles.encoding
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: nil, .c0Residency: 0.25, .packagePowerWatts: 100])
        #expect(sample.absence(.instructionsPerCycle).contains("CPU 6"))
        #expect(stand.tree[.zenEventSelect(3), cpu: 6] == ZenCoreEvent.cycles.encoding)
        #expect(stand.tree[.zenEventSelect(0), cpu: 0] == 0)
    }

    @Test func coreCounterThatWrapsGoesOnExactly() throws {
        let stand = try ScenarioStand(.zen4)
        stand.tree.presetCountersNearWrap()
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: 1.5, .packagePowerWatts: 100])
        #expect(sample.tally.implausible == 0 && sample.tally.resets == 0)
    }
}
