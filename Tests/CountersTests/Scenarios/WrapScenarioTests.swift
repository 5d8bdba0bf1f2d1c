import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Counters that wrap, are set back, or jump.
struct WrapScenarioTests {
    @Test func everyCounterWrapsInOneIntervalAndNothingShows() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.reader()
        stand.tree.presetCountersNearWrap()
        _ = reader.sample()
        stand.step()
        let sample = reader.sample()
        sample.expect([
            .instructionsPerCycle: 1.5, .c0Residency: 0.25, .l3MissesPerSecond: 3_200_000,
            .l3ReferencesPerSecond: 16_000_000, .memoryReadBytesPerSecond: 3_840_000_000,
            .memoryWriteBytesPerSecond: 384_000_000, .packagePowerWatts: 100, .memoryPowerWatts: 25,
        ])
        #expect(sample.tally.implausible == 0 && sample.tally.resets == 0)
        #expect(stand.tree[.fixedCounter(0), cpu: 0] == 7_499_999)
    }

    @Test(arguments: [RegisterAddress.packageEnergy, .memoryEnergy])
    func energyWrapsAtThirtyTwoBits(register: RegisterAddress) throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        for before: UInt64 in [0xFFFF_FFFF, 0xFFFF_C000, 0xFFFF_FFF0] {
            stand.tree.set(register, to: before, package: 0)
            _ = reader.sample()
            stand.step()
            reader.sample().expect([.packagePowerWatts: 100, .memoryPowerWatts: 25])
        }
    }

    @Test func counterSetBackLosesItsIntervalAlone() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        stand.tree[.fixedCounter(0), cpu: 2] = 0
        stand.step(HardwareActivity(utilisation: 0.25, instructionsPerCycle: 0.5, c6Share: 0.5))
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: nil, .c0Residency: 0.25, .c6Residency: 0.5], .core(2))
        sample.expect([.instructionsPerCycle: 0.5], .core(1))
        #expect(sample.tally.resets == 1)
        stand.step()
        reader.sample().expect([.instructionsPerCycle: 1.5], .core(2))
    }

    @Test func energySetBackIsNoPower() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        for _ in 0..<10 {
            stand.step()
            _ = reader.sample()
        }
        stand.tree.set(.packageEnergy, to: 0, package: 0)
        stand.step(HardwareActivity(utilisation: 0.25, memoryWatts: 25))
        let sample = reader.sample()
        sample.expect([.packagePowerWatts: nil, .memoryPowerWatts: 25])
        #expect(sample.tally.resets == 1)
        stand.step()
        reader.sample().expect([.packagePowerWatts: 100])
    }

    @Test func jumpThatCannotBeTrueIsDropped() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        stand.tree[.fixedCounter(2), cpu: 1] += 1 << 40
        stand.step()
        let sample = reader.sample()
        sample.expect([.c0Residency: nil, .instructionsPerCycle: 1.5], .core(1))
        #expect(sample.tally.implausible == 1)
        stand.step()
        reader.sample().expect([.c0Residency: 0.25], .core(1))
    }
}
