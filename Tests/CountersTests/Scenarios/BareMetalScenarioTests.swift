import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Machines that show their own counters: every figure is the one that the hardware was told to have.
struct BareMetalScenarioTests {
    private static let common: [Metric: Double?] = [
        .instructionsPerCycle: 1.5, .c0Residency: 0.25, .c6Residency: 0.5, .c1Residency: 0.25,
        .activeFrequencyHertz: 2e9, .l3MissesPerSecond: 3_200_000, .l3ReferencesPerSecond: 16_000_000,
        .l3HitRatio: 0.8, .packagePowerWatts: 100, .memoryPowerWatts: 25, .packageTemperatureCelsius: 55,
    ]

    private func sample(_ profile: HardwareProfile) throws -> CounterSample {
        let stand = try ScenarioStand(profile)
        let reader = try stand.startedReader()
        stand.step()
        return reader.sample()
    }

    @Test func cascadeLake() throws {
        let sample = try sample(.cascadeLake)
        sample.expect(Self.common)
        sample.expect([
            .memoryReadBytesPerSecond: 3_840_000_000, .memoryWriteBytesPerSecond: 384_000_000,
            .l3LoadMissesPerSecond: 1_600_000, .l3LoadHitsPerSecond: 6_400_000,
        ])
        for cpu in 0..<4 {
            sample.expect(
                [.instructionsPerCycle: 1.5, .c0Residency: 0.25, .c6Residency: 0.5, .l3MissesPerSecond: 800_000],
                .core(cpu))
        }
        #expect(sample.column(.memoryReadBytesPerSecond)?.source == "pci")
        #expect(sample.column(.memoryReadBytesPerSecond)?.quality == .measured)
        #expect(sample.column(.l3MissesPerSecond)?.detail == "longest_lat_cache.miss (2E/41)")
        #expect(sample.tally.failedReads == 0 && sample.tally.implausible == 0 && sample.tally.resets == 0)
    }

    @Test func haswell() throws {
        let sample = try sample(.haswell)
        sample.expect(Self.common)
        sample.expect([
            .memoryReadBytesPerSecond: 3_840_000_000, .memoryWriteBytesPerSecond: 384_000_000,
            .l3LoadMissesPerSecond: nil, .coreC1Residency: nil,
        ])
        #expect(sample.absence(.coreC1Residency).contains("no such residency register"))
    }

    @Test func iceLake() throws {
        let sample = try sample(.iceLake)
        sample.expect(Self.common)
        sample.expect([.coreC1Residency: 0.25, .c3Residency: nil, .l3LoadMissesPerSecond: 1_600_000])
        sample.expect([.memoryReadBytesPerSecond: 3_840_000_000, .memoryWriteBytesPerSecond: 384_000_000])
        #expect(sample.column(.memoryReadBytesPerSecond)?.quality == .measured)
    }

    @Test func sapphireRapidsWithoutMemoryRegisters() throws {
        let sample = try sample(.sapphireRapids)
        sample.expect(Self.common)
        sample.expect([.coreC1Residency: 0.25, .l3ExternalBytesPerSecond: 4_224_000_000])
        // What cannot be measured is an estimate by its quality, and what cannot be told is nothing.
        let reads = try #require(sample.column(.memoryReadBytesPerSecond))
        #expect(reads.quality == .estimate)
        sample.expect([.memoryReadBytesPerSecond: 204_800_000, .memoryWriteBytesPerSecond: nil])
        #expect(sample.absence(.memoryWriteBytesPerSecond).isEmpty == false)
    }

    @Test func unitOfMemoryEnergyFollowsTheGeneration() throws {
        for profile: HardwareProfile in [.cascadeLake, .sapphireRapids] {
            let stand = try ScenarioStand(profile)
            let reader = try stand.startedReader()
            let before = stand.tree[.memoryEnergy, cpu: 0]
            stand.step()
            reader.sample().expect([.memoryPowerWatts: 25])
            // The same watts are four times as many counts where the unit is fixed.
            #expect(stand.tree[.memoryEnergy, cpu: 0] - before == (profile == .cascadeLake ? 16_384 : 4096))
        }
    }

    @Test func clockAboveNominalShowsInTheFrequencyAlone() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        stand.step(HardwareActivity(utilisation: 0.5, instructionsPerCycle: 2, clockRatio: 1.25, c6Share: 0.25))
        reader.sample().expect([
            .activeFrequencyHertz: 2.5e9, .c0Residency: 0.5, .c1Residency: 0.25, .instructionsPerCycle: 2,
        ])
    }

    @Test func cpusThatDifferAreToldApartAndAddUp() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        // CPUs 0 and 2, and 1 and 3, share a core; a core is as deep as the less deep of its CPUs.
        let works = [
            CPUActivity(utilisation: 0.5, instructionsPerCycle: 2, llcMissesPerSecond: 400_000, c6Share: 0.25),
            CPUActivity(utilisation: 0, c6Share: 1),
            CPUActivity(utilisation: 0.25, instructionsPerCycle: 1, llcMissesPerSecond: 100_000, c6Share: 0.5),
            CPUActivity(utilisation: 0.25, instructionsPerCycle: 0.5, c6Share: 0.75),
        ]
        stand.step(NodeActivity(cpus: works, sockets: []))
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: 2, .c0Residency: 0.5, .c6Residency: 0.25, .c1Residency: 0.25], .core(0))
        sample.expect([.instructionsPerCycle: nil, .c0Residency: 0, .c6Residency: 0.75, .c1Residency: 0.25], .core(1))
        sample.expect([.instructionsPerCycle: 1, .c0Residency: 0.25, .c6Residency: 0.25, .c1Residency: 0.5], .core(2))
        sample.expect([.instructionsPerCycle: 0.5, .c0Residency: 0.25, .c6Residency: 0.75, .c1Residency: 0], .core(3))
        // Cycles weigh: (2 * 10 + 1 * 5 + 0.5 * 5) / 20 million.
        sample.expect([
            .instructionsPerCycle: 1.375, .c0Residency: 0.25, .c6Residency: 0.5, .l3MissesPerSecond: 500_000,
        ])
    }
}
