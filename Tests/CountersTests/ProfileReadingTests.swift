import Foundation
import Measures
import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Sources beyond the Xeons' cores against virtual machines of each kind, whose counters advance exactly.
struct ProfileReadingTests {
    /// The scenarios' activity at a clock that differs from the time stamp's.
    private static let activity: HardwareActivity = {
        var activity = ScenarioStand.activity
        activity.clockRatio = 1.25
        return activity
    }()

    /// What the machine did in the first 10 ms after a reader had begun.
    private func firstSample(_ stand: ScenarioStand, _ reader: CounterReader) -> CounterSample {
        _ = reader.sample()
        stand.step(Self.activity)
        return reader.sample()
    }

    @Test func packagesOfACascadeLakeTellEnergyTemperatureAndClocks() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let reader = try stand.reader(.msr)
        let sample = firstSample(stand, reader)
        #expect(sample.value(.packagePowerWatts) == 100)
        #expect(sample.value(.memoryPowerWatts) == 25)
        #expect(sample.value(.packageTemperatureCelsius) == 55)
        #expect(sample.value(.activeFrequencyHertz) == 2.5e9)
        #expect(sample.value(.memoryReadBytesPerSecond) == 3_840_000_000)
    }

    @Test func watchdogLeavesTheFreeRunningClocks() throws {
        let stand = try ScenarioStand(.watchdogOn)
        let sample = firstSample(stand, try stand.reader(.msr))
        #expect(sample.value(.c0Residency) == 0.25)
        #expect(sample.value(.activeFrequencyHertz) == 2.5e9)
        #expect(sample.column(.c0Residency)?.detail?.contains("nmi_watchdog=0") == true)
        #expect(sample.value(.instructionsPerCycle) == nil)
    }

    @Test func memoryOfAnIceLakeIsReadWithoutWritingAnything() throws {
        let stand = try ScenarioStand(.iceLake)
        let reader = try stand.reader(.msr)
        let sample = firstSample(stand, reader)
        #expect(sample.value(.memoryReadBytesPerSecond) == 3_840_000_000)
        #expect(sample.value(.memoryWriteBytesPerSecond) == 384_000_000)
        #expect(sample.column(.memoryReadBytesPerSecond)?.source == "mmio")
        #expect(sample.value(.coreC1Residency) == 0.25)
        #expect(sample.value(.memoryPowerWatts) == 25)
    }

    @Test func memoryEnergyOfASapphireRapidsIsInTheRegistersUnit() throws {
        let stand = try ScenarioStand(.sapphireRapids)
        let sample = firstSample(stand, try stand.reader(.msr))
        #expect(sample.value(.packagePowerWatts) == 100)
        #expect(sample.value(.memoryPowerWatts) == 25)
        #expect(sample.column(.memoryWriteBytesPerSecond)?.quality == .unavailable)
    }

    @Test func zen2CountsCoresCachesAndItsDataFabric() throws {
        let stand = try ScenarioStand(.zen2)
        let before = stand.tree.controlImage
        let reader = try stand.reader(.msr)
        let sample = firstSample(stand, reader)
        #expect(sample.value(.instructionsPerCycle) == 1.5)
        #expect(sample.value(.c0Residency) == 0.25)
        #expect(sample.value(.activeFrequencyHertz) == 2.5e9)
        #expect(sample.value(.l3MissesPerSecond) == 3_200_000)
        #expect(sample.value(.l3ReferencesPerSecond) == 16_000_000)
        #expect(sample.value(.l3HitRatio) == 0.8)
        #expect(sample.value(.packagePowerWatts) == 100)
        #expect(sample.value(.memoryFillsPerSecond) == nil)
        // The channels are looked for four at a time; then four of the eight are counted for all.
        for _ in 0..<8 {
            stand.step(seconds: 1, Self.activity)
            _ = reader.sample()
        }
        stand.step(seconds: 1, Self.activity)
        let later = reader.sample()
        #expect(later.value(.memoryBytesPerSecond)?.rounded() == 4_224_000_000)
        #expect(later.column(.memoryBytesPerSecond)?.quality == .estimate)
        #expect(later.column(.memoryBytesPerSecond)?.detail?.contains("4 of 8 channels") == true)
        reader.close()
        stand.step(seconds: 0, HardwareActivity())
        #expect(stand.tree.controlImage == before)
    }

    @Test func zen4CountsReadsAndWritesOfItsMemoryControllers() throws {
        let stand = try ScenarioStand(.zen4)
        let before = stand.tree.controlImage
        let reader = try stand.reader(.msr)
        let sample = firstSample(stand, reader)
        #expect(sample.value(.instructionsPerCycle) == 1.5)
        #expect(sample.value(.c0Residency) == 0.25)
        #expect(sample.column(.c0Residency)?.detail == "ls_not_halted_p0_cyc.p0_freq_cyc (120/01)")
        #expect(sample.value(.l3MissesPerSecond) == 3_200_000)
        #expect(sample.value(.memoryReadBytesPerSecond) == 3_840_000_000)
        #expect(sample.value(.memoryWriteBytesPerSecond) == 384_000_000)
        #expect(sample.column(.memoryReadBytesPerSecond)?.source == "umc")
        #expect(sample.value(.memoryFillsPerSecond) != nil)
        reader.close()
        stand.step(seconds: 0, HardwareActivity())
        #expect(stand.tree.controlImage == before)
    }

    @Test func memoryControllersThatComeNearTheirEndGoOnExactly() throws {
        let stand = try ScenarioStand(.zen4)
        for cpu in 0..<8 {
            let counter = RegisterAddress.zenMemoryCounter(channel: 5, index: 0, perChannel: 4)
            stand.tree[counter, cpu: cpu] = (1 << 47) - 10
        }
        let reader = try stand.reader(.msr)
        _ = reader.sample()
        for _ in 0..<3 {
            stand.step(Self.activity)
            #expect(reader.sample().value(.memoryReadBytesPerSecond)?.rounded() == 3_840_000_000)
        }
        #expect(stand.tree[.zenMemoryCounter(channel: 5, index: 0, perChannel: 4), cpu: 0] == 100_000)
    }

    @Test func hybridHasAnEventTableAndATotalForEachKindOfCore() throws {
        let stand = try ScenarioStand(.hybrid)
        let before = stand.tree.controlImage
        let reader = try stand.reader(.msr)
        for cpu in 0..<8 {
            #expect(stand.tree[.eventSelect(0), cpu: cpu] == 0x43412E)
            #expect(stand.tree[.eventSelect(1), cpu: cpu] == 0x434F2E)
            #expect(stand.tree[.eventSelect(2), cpu: cpu] == 0)
        }
        let sample = firstSample(stand, reader)
        #expect(sample.value(.l3MissesPerSecond) == 3_200_000)
        #expect(sample.value(.performanceCoreL3MissesPerSecond) == 1_600_000)
        #expect(sample.value(.efficiencyCoreL3MissesPerSecond) == 1_600_000)
        #expect(sample.value(.efficiencyCoreL3MissesPerSecond, .socket(0)) == 1_600_000)
        #expect(sample.column(.efficiencyCoreL3MissesPerSecond, .core(7)) == nil)
        #expect(sample.column(.efficiencyCoreL3MissesPerSecond)?.quality == .measured)
        // What two kinds of cores do together is said to be so; what compares unlike things is an estimate.
        let together = "performance and efficiency cores together"
        #expect(sample.value(.instructionsPerCycle) == 1.5)
        for metric: Metric in [.instructionsPerCycle, .l3HitRatio, .activeFrequencyHertz] {
            let column = try #require(sample.column(metric))
            #expect(column.quality == .estimate && column.detail?.contains(together) == true)
        }
        for metric: Metric in [.c0Residency, .l3MissesPerSecond, .c6Residency] {
            let column = try #require(sample.column(metric))
            #expect(column.quality == .measured && column.detail?.contains(together) == true)
        }
        #expect(sample.column(.instructionsPerCycle, .core(6))?.quality == .derived)
        #expect(sample.value(.packagePowerWatts) == 100)
        reader.close()
        stand.step(seconds: 0, HardwareActivity())
        #expect(stand.tree.controlImage == before)
    }

    @Test func everyCounterOfBothKindsIsLookedAtForItsOwnNumberOfThem() throws {
        let stand = try ScenarioStand(.hybrid)
        // Performance cores have eight programmable counters, efficient ones six.
        stand.tree.program(counter: 7, 0x43003C, cpu: 1)
        let first = try stand.reader(.msr)
        #expect(first.columns.columns[0].detail?.contains("on CPU 1 PERFEVTSEL7") == true)
        first.close()
        stand.tree.releaseCounter(7, cpu: 1)
        stand.tree.program(counter: 5, 0x43003C, cpu: 6)
        let second = try stand.reader(.msr)
        #expect(second.columns.columns[0].detail?.contains("on CPU 6 PERFEVTSEL5") == true)
    }

    @Test func guestOnOneKindOfCoreHasNoMetricsOfKinds() throws {
        let stand = try ScenarioStand(.hybrid)
        let reader = try CounterReader(
            roots: stand.roots, time: stand.time,
            settings: CounterSettings(preference: .msr, guests: [.cpus(4..<8), .cpus(2..<6)]))
        _ = firstSample(stand, reader)
        let efficient = reader.sample(ofGuest: 0)
        #expect(efficient.column(.efficiencyCoreL3MissesPerSecond) == nil)
        #expect(efficient.column(.instructionsPerCycle)?.quality == .derived)
        let mixed = reader.sample(ofGuest: 1)
        #expect(mixed.value(.efficiencyCoreL3MissesPerSecond) == 800_000)
        #expect(mixed.column(.instructionsPerCycle)?.quality == .estimate)
    }

    @Test func guestWithVirtualCountersUsesThreeAndHasNoEnergy() throws {
        let stand = try ScenarioStand(.guestWithVPMU)
        let sample = firstSample(stand, try stand.reader(.msr))
        #expect(sample.value(.instructionsPerCycle) == 1.5)
        #expect(sample.value(.l3MissesPerSecond) == 3_200_000)
        #expect(stand.tree[.eventSelect(3), cpu: 0] == 0)
        #expect(sample.column(.packagePowerWatts)?.detail?.contains("0x606") == true)
        #expect(sample.column(.packageTemperatureCelsius)?.quality == .unavailable)
        #expect(sample.column(.c6Residency)?.quality == .unavailable)
    }

    @Test func guestWithoutVirtualCountersWritesNothing() throws {
        let stand = try ScenarioStand(.guestWithoutVPMU(hasRegisterDevice: true))
        let before = stand.tree.controlImage
        let reader = try stand.reader(.msr)
        let sample = firstSample(stand, reader)
        #expect(stand.tree.controlImage == before)
        #expect(sample.column(.instructionsPerCycle)?.detail?.contains("CPUID 0AH is 0") == true)
        #expect(sample.value(.c0Residency) == nil)
        #expect(sample.tally.failedReads > 0)
    }

    @Test func energyRegistersThatAnswerZeroAreRefused() throws {
        let stand = try ScenarioStand(.stuckZeroRAPL)
        let sample = firstSample(stand, try stand.reader(.msr))
        #expect(sample.column(.packagePowerWatts)?.detail?.contains("holds 0") == true)
        #expect(sample.value(.packageTemperatureCelsius) == 55)
    }

    @Test(arguments: [("cascadeLake", true), ("zen2", false), ("zen4", false)])
    func filesOfTheKernelStandInForRegisters(name: String, hasMemoryEnergy: Bool) throws {
        let stand = try ScenarioStand(try #require(HardwareProfile.named[name]))
        let reader = try stand.reader(.proc)
        _ = reader.sample()
        stand.step(seconds: 1, Self.activity)
        let sample = reader.sample()
        #expect(sample.value(.l3ExternalBytesPerSecond) == 4_224_000_000)
        #expect(sample.value(.l3LocalBytesPerSecond) == 4_224_000_000)
        #expect(sample.value(.packagePowerWatts) == 100)
        #expect(sample.value(.memoryPowerWatts) == (hasMemoryEnergy ? 25 : nil))
        #expect(sample.column(.packagePowerWatts)?.source == "powercap")
        stand.tree.setResourceMonitoring(isAvailable: false)
        stand.step(seconds: 1, Self.activity)
        #expect(reader.sample().value(.l3ExternalBytesPerSecond) == nil)
    }

    /// What is written is put back, whatever the machine, at the end and by the next start after a kill.
    @Test(arguments: HardwareProfile.named.keys.sorted())
    func everyControlIsAsBeforeAtTheEndAndAfterAKill(name: String) throws {
        let stand = try ScenarioStand(try #require(HardwareProfile.named[name]))
        let before = stand.tree.controlImage
        let record = "\(stand.tree.root)/claims"
        let reader = try stand.reader(.auto, record: record)
        for _ in 0..<3 {
            stand.step(seconds: 1, Self.activity)
            _ = reader.sample()
        }
        let kept = try String(contentsOfFile: record, encoding: .utf8)
        let claimed = stand.tree.controlImage
        reader.close()
        stand.step(seconds: 0, HardwareActivity())
        #expect(stand.tree.controlImage == before)
        guard claimed != before else { return }
        for (cpu, registers) in claimed.registers.enumerated() {
            for (register, value) in registers { stand.tree[register, cpu: cpu] = value }
        }
        for (path, words) in claimed.channels {
            let space = try FileConfigurationSpace(path: path)
            try space.write(words[0], at: MemoryControllerPMON.boxControl)
            for (index, word) in words.dropFirst().enumerated() {
                try space.write(word, at: MemoryControllerPMON.control(index))
            }
        }
        stand.step(seconds: 0, HardwareActivity())
        try kept.write(toFile: record, atomically: true, encoding: .utf8)
        let second = try stand.reader(.auto, record: record)
        second.close()
        stand.step(seconds: 0, HardwareActivity())
        #expect(stand.tree.controlImage == before)
    }
}
