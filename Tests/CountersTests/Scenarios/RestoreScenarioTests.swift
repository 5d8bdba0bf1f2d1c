import Registers
import Simulation
import Testing
import Topology

@testable import Counters

/// Whatever the machine: after the reader has gone every control register holds what it held before.
struct RestoreScenarioTests {
    private static let names = HardwareProfile.named.keys.sorted()

    @Test(arguments: names)
    func everyControlIsPutBackOnExit(name: String) throws {
        let stand = try ScenarioStand(#require(HardwareProfile.named[name]))
        let before = stand.tree.controlImage
        let reader = try stand.startedReader()
        stand.step()
        _ = reader.sample()
        reader.close()
        stand.step(seconds: 0)
        #expect(stand.tree.controlImage == before)
    }

    @Test(arguments: names)
    func readOnlyReaderWritesNothing(name: String) throws {
        let stand = try ScenarioStand(#require(HardwareProfile.named[name]))
        let before = stand.tree.controlImage
        let reader = try stand.reader(isReadOnly: true)
        for _ in 0..<3 {
            stand.step()
            _ = reader.sample()
            #expect(stand.tree.controlImage == before)
        }
    }

    @Test(arguments: ["cascadeLake", "iceLake", "hybrid", "guestWithVPMU"])
    func controlsThatOthersLeftAreKept(name: String) throws {
        let stand = try ScenarioStand(#require(HardwareProfile.named[name]))
        // A watchdog's leftover and another's enable bits are not ours to lose.
        stand.tree[.eventSelect(1), cpu: 1] = 0x3C
        stand.tree[.globalControl, cpu: 2] = 0x5
        let before = stand.tree.controlImage
        let reader = try stand.startedReader()
        stand.step()
        reader.sample().expect([.instructionsPerCycle: 1.5])
        reader.close()
        stand.step(seconds: 0)
        #expect(stand.tree.controlImage == before)
    }
}
