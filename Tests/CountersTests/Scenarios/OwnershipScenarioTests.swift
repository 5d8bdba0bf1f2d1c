import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Others who use the counters: they keep them, and what is left is read all the same.
struct OwnershipScenarioTests {
    /// What runs by itself is read whoever owns the programmable counters.
    private static let free: [Metric: Double?] = [
        .c0Residency: 0.25, .c6Residency: 0.5, .c1Residency: 0.25, .activeFrequencyHertz: 2e9,
        .memoryReadBytesPerSecond: 3_840_000_000, .packagePowerWatts: 100,
    ]

    @Test func ownerThatWasThereFirstKeepsEverything() throws {
        let stand = try ScenarioStand(.cascadeLake)
        stand.tree.program(counter: 1, 0x43003C, cpu: 2)
        let before = stand.tree.controlImage.registers
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: nil, .l3MissesPerSecond: nil])
        sample.expect(Self.free)
        #expect(sample.absence(.instructionsPerCycle).contains("CPU 2"))
        #expect(stand.tree.controlImage.registers == before)
        #expect(stand.tree[.programmableCounter(1), cpu: 2] == 5_000_000)
        // The owner leaves; half a minute after the refusal the counters are claimed.
        stand.tree.releaseCounter(1, cpu: 2)
        for _ in 0..<32 {
            stand.step(seconds: 1)
            _ = reader.sample()
        }
        stand.step()
        reader.sample().expect([.instructionsPerCycle: 1.5, .l3MissesPerSecond: 3_200_000])
    }

    @Test func ownerThatAppearsTakesOverAndIsNotFought() throws {
        let stand = try ScenarioStand(.cascadeLake)
        let before = stand.tree.controlImage
        let reader = try stand.startedReader()
        stand.step()
        reader.sample().expect([.instructionsPerCycle: 1.5])
        stand.tree.program(counter: 0, 0x43003C, cpu: 1)
        for _ in 0..<MSRSource.readsPerVerification * MSRSource.toleratedVerificationFailures + 1 {
            stand.step()
            let sample = reader.sample()
            // What the foreign event counts never passes for misses.
            if let misses = sample.value(.l3MissesPerSecond, .core(0)) { #expect(misses == 800_000) }
        }
        stand.step()
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: nil, .l3MissesPerSecond: nil])
        sample.expect(Self.free)
        #expect(stand.tree[.eventSelect(0), cpu: 1] == 0x43003C)
        reader.close()
        #expect(stand.tree[.eventSelect(0), cpu: 1] == 0x43003C)
        #expect(stand.tree[.globalControl, cpu: 1] & 1 == 1)
        stand.tree.releaseCounter(0, cpu: 1)
        stand.step(seconds: 0)
        #expect(stand.tree.controlImage == before)
    }

    @Test func watchdogThatHoldsACounterIsLeftAlone() throws {
        let stand = try ScenarioStand(.watchdogOn)
        let before = stand.tree.controlImage.registers
        let count = stand.tree[.fixedCounter(1), cpu: 0]
        let reader = try stand.startedReader()
        stand.step()
        let sample = reader.sample()
        sample.expect([.instructionsPerCycle: nil])
        sample.expect(Self.free)
        #expect(sample.absence(.instructionsPerCycle).contains("nmi_watchdog"))
        #expect(stand.tree.controlImage.registers == before)
        #expect(stand.tree[.fixedCounter(1), cpu: 0] == count + 5_000_000)
    }
}
