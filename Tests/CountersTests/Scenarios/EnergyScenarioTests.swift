import Foundation
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Energy that is faked, hidden, or shown elsewhere.
struct EnergyScenarioTests {
    @Test func energyThatOnlyAnswersZeroIsNoPower() throws {
        let stand = try ScenarioStand(.stuckZeroRAPL)
        let reader = try stand.startedReader()
        for _ in 0..<200 {
            stand.step()
            reader.sample().expect([.packagePowerWatts: nil, .memoryPowerWatts: nil])
        }
        let sample = reader.sample()
        #expect(sample.column(.packagePowerWatts)?.quality == .unavailable)
        #expect(sample.absence(.packagePowerWatts).isEmpty == false)
        stand.step()
        reader.sample().expect([.instructionsPerCycle: 1.5, .packageTemperatureCelsius: 55])
    }

    @Test func energyWithAUnitThatNeverMovesIsNoPowerEither() throws {
        let stand = try ScenarioStand(.cascadeLake)
        stand.tree.set(.packageEnergy, to: 0, package: 0)
        let reader = try stand.startedReader(.msr)
        for _ in 0..<3 {
            stand.step(HardwareActivity(utilisation: 0.25, instructionsPerCycle: 1.5))
            reader.sample().expect([.packagePowerWatts: nil])
        }
        let sample = reader.sample()
        #expect(sample.column(.packagePowerWatts)?.quality == .unavailable)
        #expect(sample.absence(.packagePowerWatts).contains("never moved"))
    }

    @Test func kernelsPowerCappingStandsInWhereRegistersFail() throws {
        let stand = try ScenarioStand(.cascadeLake)
        for cpu in 0..<4 {
            for register: RegisterAddress in [.energyUnit, .packageEnergy, .memoryEnergy] {
                try stand.tree.inject(RegisterFault(register, errorNumber: EIO), cpu: cpu)
            }
        }
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([.packagePowerWatts: 100, .memoryPowerWatts: 25])
        #expect(sample.column(.packagePowerWatts)?.source == "powercap")
    }
}
