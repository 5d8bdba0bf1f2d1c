import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Machines and readers that stand still for a while.
struct PauseScenarioTests {
    @Test(arguments: [false, true])
    func pauseOfTenSecondsIsAGapAndNoMeasurement(losesProgramming: Bool) throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        stand.step()
        reader.sample().expect([.instructionsPerCycle: 1.5])
        stand.tree.pause(seconds: 10, losesProgramming: losesProgramming)
        stand.time.advance(byNanoseconds: 10_000_000_000)
        stand.step()
        let gap = reader.sample()
        #expect(gap.isEmpty)
        #expect(gap.tally.gaps == 1)
        stand.step()
        let after = reader.sample()
        after.expect([
            .instructionsPerCycle: 1.5, .c0Residency: 0.25, .l3MissesPerSecond: 3_200_000,
            .memoryReadBytesPerSecond: 3_840_000_000, .packagePowerWatts: 100,
        ])
        #expect(after.tally.gaps == 1 && after.tally.implausible == 0)
    }

    @Test func tickThatComesLateMeasuresOverItsTrueInterval() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        // Two ticks were missed: the rates are those of 30 ms.
        for _ in 0..<3 { stand.step() }
        reader.sample().expect([
            .instructionsPerCycle: 1.5, .c0Residency: 0.25, .l3MissesPerSecond: 3_200_000,
            .memoryReadBytesPerSecond: 3_840_000_000, .packagePowerWatts: 100,
        ])
    }

    @Test func programmingIsRestoredAfterASuspendToo() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let before = stand.tree.controlImage
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        stand.tree.pause(seconds: 10, losesProgramming: true)
        stand.time.advance(byNanoseconds: 10_000_000_000)
        stand.step()
        _ = reader.sample()
        reader.close()
        stand.step(seconds: 0)
        #expect(stand.tree.controlImage == before)
    }
}
