import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// AMD processors: what runs by itself and what the kernel shows.
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
}
