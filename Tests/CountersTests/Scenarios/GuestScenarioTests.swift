import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Guests of a hypervisor: what it gives is exact, what it fakes is not believed.
struct GuestScenarioTests {
    @Test func virtualCountersGiveWhatIsArchitectural() throws {
        let stand = try ScenarioStand(.guestWithVPMU)
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([
            .instructionsPerCycle: 1.5, .c0Residency: 0.25, .l3MissesPerSecond: 3_200_000,
            .l3ReferencesPerSecond: 16_000_000, .activeFrequencyHertz: 2e9,
        ])
        sample.expect([
            .c6Residency: nil, .packagePowerWatts: nil, .memoryPowerWatts: nil, .packageTemperatureCelsius: nil,
            .memoryWriteBytesPerSecond: nil, .l3LoadMissesPerSecond: nil, .l3LoadHitsPerSecond: nil,
        ])
        #expect(sample.column(.memoryReadBytesPerSecond)?.quality == .estimate)
        sample.expect([.memoryReadBytesPerSecond: 204_800_000])
        #expect(sample.absence(.packagePowerWatts).isEmpty == false)
    }

    @Test func filteredEventOfAVirtualCounterIsFoundOutAndGivesNoZero() throws {
        let stand = try ScenarioStand(.guestWithVPMU)
        let reader = try stand.startedReader()
        for _ in 0...Liveness.presumedIntervals {
            stand.step()
            reader.sample().expect([.l3LoadMissesPerSecond: nil, .instructionsPerCycle: 1.5])
        }
        stand.step()
        let sample = reader.sample()
        #expect(sample.column(.l3LoadMissesPerSecond)?.quality == .unavailable)
        sample.expect([.instructionsPerCycle: 1.5, .l3MissesPerSecond: 3_200_000])
    }

    @Test func noMoreThanThreeVirtualCountersAreTouched() throws {
        let stand = try ScenarioStand(.guestWithVPMU)
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        let registers = try FileRegisters(path: "\(stand.tree.msrRoot)/0/msr", writable: false)
        #expect(try (0..<3).map { try registers.read(.eventSelect($0)) } == [0x43412E, 0x434F2E, 0x4320D1])
        #expect(throws: RegisterError.self) { try registers.read(.eventSelect(3)) }
    }

    @Test func stolenTimeIsNeitherBusyNorHalted() throws {
        let stand = try ScenarioStand(.guestWithoutVPMU())
        let reader = try stand.startedReader(period: 0.32)
        stand.step(seconds: 0.32, HardwareActivity(utilisation: 0.25, stolenShare: 0.125))
        reader.sample().expect([.c0Residency: 0.25, .stolenRatio: 0.125, .c1Residency: 0.625])
    }

    @Test(arguments: [false, true])
    func guestWithoutCountersHasTheKernelsAccountingAlone(hasRegisterDevice: Bool) throws {
        let stand = try ScenarioStand(.guestWithoutVPMU(hasRegisterDevice: hasRegisterDevice))
        let before = stand.tree.controlImage
        let reader = try stand.startedReader(period: 0.04)
        stand.step(seconds: 0.04)
        let sample = reader.sample()
        sample.expect([.c0Residency: 0.25, .c1Residency: 0.75])
        #expect(sample.column(.c0Residency)?.source == "os")
        #expect(sample.column(.c0Residency)?.quality == .derived)
        let missing: [Metric] = [
            .instructionsPerCycle, .l3MissesPerSecond, .memoryReadBytesPerSecond, .memoryWriteBytesPerSecond,
            .c6Residency, .packagePowerWatts, .packageTemperatureCelsius, .activeFrequencyHertz,
        ]
        for metric in missing {
            #expect(sample.value(metric) == nil, "\(metric.name)")
            #expect(sample.absence(metric).isEmpty == false, "\(metric.name)")
        }
        #expect(stand.tree.controlImage == before)
    }

    @Test func registersThatOnlyAnswerZeroAreNotProgrammed() throws {
        let stand = try ScenarioStand(.guestWithoutVPMU(hasRegisterDevice: true))
        let reader = try stand.startedReader()
        for _ in 0..<3 {
            stand.step()
            _ = reader.sample()
        }
        #expect(stand.tree[.eventSelect(0), cpu: 0] == 0)
        #expect(stand.tree[.eventSelect(1), cpu: 3] == 0)
    }
}
