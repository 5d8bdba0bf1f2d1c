import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// A processor with two kinds of cores: each is programmed as its own kind allows.
struct HybridScenarioTests {
    @Test func bothKindsCountTheArchitecturalEvents() throws {
        let stand = try ScenarioStand(.hybrid)
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        for cpu in 0..<8 {
            sample.expect(
                [
                    .instructionsPerCycle: 1.5, .c0Residency: 0.25, .c6Residency: 0.5, .coreC1Residency: 0.25,
                    .l3MissesPerSecond: 400_000, .l3ReferencesPerSecond: 2_000_000,
                ], .core(cpu))
        }
        sample.expect([
            .instructionsPerCycle: 1.5, .l3MissesPerSecond: 3_200_000, .packagePowerWatts: 100,
            .packageTemperatureCelsius: 55, .l3LoadMissesPerSecond: nil,
        ])
        #expect(sample.tally.implausible == 0)
    }

    @Test func kindsThatDifferAreToldApart() throws {
        let stand = try ScenarioStand(.hybrid)
        let reader = try stand.startedReader()
        let works = (0..<8).map { cpu in
            cpu < 4
                ? CPUActivity(utilisation: 0.5, instructionsPerCycle: 2, clockRatio: 1.5)
                : CPUActivity(utilisation: 0.5, instructionsPerCycle: 1)
        }
        stand.step(NodeActivity(cpus: works, sockets: []))
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: 2, .activeFrequencyHertz: 3e9], .core(3))
        sample.expect([.instructionsPerCycle: 1, .activeFrequencyHertz: 2e9], .core(4))
        // 4 * 15 million cycles of 2 and 4 * 10 million of 1.
        sample.expect([.instructionsPerCycle: 1.6, .activeFrequencyHertz: 2.5e9])
    }

    @Test func efficientCoresHaveTheirOwnCoreEach() throws {
        let stand = try ScenarioStand(.hybrid)
        let reader = try stand.startedReader()
        var works = [CPUActivity](repeating: CPUActivity(c6Share: 1), count: 8)
        works[1] = CPUActivity(utilisation: 1, instructionsPerCycle: 1)
        works[5] = CPUActivity(utilisation: 0.5, instructionsPerCycle: 1, c6Share: 0.5)
        stand.step(NodeActivity(cpus: works, sockets: []))
        let sample = reader.sample()
        #expect((0..<8).map { sample.value(.c6Residency, .core($0)) } == [0, 0, 1, 1, 1, 0.5, 1, 1])
    }
}
