import Foundation
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Registers that fail: what depends on them is absent, everything else goes on.
struct FaultScenarioTests {
    @Test func registerThatFailsOnOneCPUIsMissedThereAlone() throws {
        let stand = try ScenarioStand(.cascadeLake)
        try stand.tree.inject(RegisterFault(.fixedCounter(0), errorNumber: EIO), cpu: 2)
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: nil, .c0Residency: 0.25, .l3MissesPerSecond: 800_000], .core(2))
        sample.expect([.instructionsPerCycle: 1.5], .core(0))
        sample.expect([.instructionsPerCycle: 1.5, .l3MissesPerSecond: 3_200_000])
        #expect(sample.absence(.instructionsPerCycle, .core(2)).contains("0x309"))
        #expect(sample.column(.instructionsPerCycle)?.detail?.contains("3 of 4") == true)
    }

    @Test func registerThatFailedOnceIsNotAskedAgain() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        try stand.tree.inject(RegisterFault(.coreC6Residency, errorNumber: EIO), cpu: 0)
        for _ in 0..<20 {
            stand.step()
            _ = reader.sample()
        }
        let sample = reader.sample()
        #expect(sample.tally.failedReads == 1)
        stand.step()
        reader.sample().expect([.c6Residency: 0.5, .c0Residency: 0.25, .instructionsPerCycle: 1.5])
        reader.sample().expect([.c6Residency: nil], .core(2))
    }

    @Test func lockedDownMachineIsReadWithoutAWrite() throws {
        let stand = try ScenarioStand(.cascadeLake)
        for cpu in 0..<4 { try stand.tree.inject(RegisterFault(nil, errorNumber: EPERM, calls: .write), cpu: cpu) }
        let before = stand.tree.controlImage.registers
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: nil, .l3MissesPerSecond: nil])
        sample.expect([
            .c0Residency: 0.25, .c6Residency: 0.5, .activeFrequencyHertz: 2e9, .packagePowerWatts: 100,
            .packageTemperatureCelsius: 55,
        ])
        #expect(sample.absence(.instructionsPerCycle).contains("cannot be programmed"))
        #expect(stand.tree.controlImage.registers == before)
    }

    @Test func machineWithoutPrivilegesFallsBackOnTheKernelsFiles() throws {
        let stand = try ScenarioStand(.cascadeLake)
        for cpu in 0..<4 { try stand.tree.inject(RegisterFault(nil, errorNumber: EPERM, calls: .open), cpu: cpu) }
        let reader = try stand.startedReader(period: 0.04)
        stand.step(seconds: 0.04)
        let sample = reader.sample()
        sample.expect([
            .instructionsPerCycle: nil, .c0Residency: 0.25, .c6Residency: 0.5, .c1Residency: 0.25,
            .packagePowerWatts: 100, .memoryPowerWatts: 25,
        ])
        #expect(sample.column(.c0Residency)?.source == "os")
        #expect(sample.column(.packagePowerWatts)?.source == "powercap")
        #expect(sample.absence(.instructionsPerCycle).contains("CAP_SYS_RAWIO"))
    }

    @Test func monitoringThatIsUnavailableLeavesAGapAndNoDip() throws {
        let stand = try ScenarioStand(.sapphireRapids)
        let reader = try stand.startedReader()
        stand.step()
        reader.sample().expect([.l3ExternalBytesPerSecond: 4_224_000_000, .l3LocalBytesPerSecond: 4_224_000_000])
        stand.tree.setResourceMonitoring(isAvailable: false)
        for _ in 0..<3 {
            stand.step()
            reader.sample().expect([.l3ExternalBytesPerSecond: nil, .l3LocalBytesPerSecond: nil])
        }
        stand.tree.setResourceMonitoring(isAvailable: true)
        stand.step()
        _ = reader.sample()
        stand.step()
        reader.sample().expect([.l3ExternalBytesPerSecond: 4_224_000_000, .instructionsPerCycle: 1.5])
    }

    @Test func monitoringThatStaysUnavailableSaysSo() throws {
        let stand = try ScenarioStand(.sapphireRapids)
        stand.tree.setResourceMonitoring(isAvailable: false)
        let reader = try stand.startedReader()
        for _ in 0...ResourceControlSource.toleratedGaps {
            stand.step()
            reader.sample().expect([.l3ExternalBytesPerSecond: nil])
        }
        stand.step()
        #expect(reader.sample().absence(.l3ExternalBytesPerSecond).contains("Unavailable"))
    }
}
