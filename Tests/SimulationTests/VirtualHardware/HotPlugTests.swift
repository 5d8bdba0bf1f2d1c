import Foundation
import Registers
import Simulation
import Testing

/// CPUs that go and come back.
struct HotPlugTests {
    private static let counting = HardwareActivity(utilisation: 0.25, instructionsPerCycle: 1.5, packageWatts: 100)

    private func start(_ registers: FileRegisters) throws {
        try registers.write(0x333, to: .fixedCounterControl)
        try registers.write(0x43412E, to: .eventSelect(0))
        try registers.write(0x7_0000_0001, to: .globalControl)
    }

    @Test(arguments: [VirtualTree.OfflineManner.nodeVanishes, .nodeStays])
    func offlineCPULeavesTheListsAndItsRegistersFail(manner: VirtualTree.OfflineManner) throws {
        let stand = try VirtualStand(.cascadeLake)
        let held = try stand.registers(3)
        stand.step()
        try stand.tree.takeOffline(3, manner)
        stand.step()
        #expect(stand.failure { _ = try held.read(.timeStampCounter) } == .errno(ENXIO))
        #expect(stand.failure { try held.write(0, to: .globalControl) } == .errno(ENXIO))
        let reopening = stand.failure { _ = try stand.registers(3) }
        #expect(reopening == .errno(manner == .nodeVanishes ? ENOENT : ENXIO))
        #expect(!stand.exists("dev/cpu/3/cpuid"))
        #expect(try stand.text("sys/devices/system/cpu/online") == "0-2")
        #expect(try stand.text("sys/devices/system/cpu/possible") == "0-3")
        #expect(try stand.text("sys/devices/system/cpu/cpu3/online") == "0")
        #expect(!stand.exists("sys/devices/system/cpu/cpu3/topology/core_id"))
        #expect(try stand.text("sys/devices/system/cpu/cpu1/topology/thread_siblings_list") == "1")
        #expect(try stand.text("sys/devices/system/cpu/cpu1/cache/index3/shared_cpu_list") == "0-2")
        #expect(try stand.text("sys/devices/system/node/node0/cpulist") == "0-2")
        #expect(try !stand.text("proc/stat").contains("cpu3 "))
        #expect(try !stand.text("proc/cpuinfo").contains("processor\t: 3"))
    }

    @Test func returningCPUHasLostItsProgrammingAndKeptItsClock() throws {
        let stand = try VirtualStand(.cascadeLake)
        let held = try stand.registers(1)
        try start(held)
        stand.step(Self.counting)
        #expect(try held.read(.fixedCounter(0)) == 7_500_000)
        try stand.tree.takeOffline(1)
        stand.step(Self.counting)
        try stand.tree.bringOnline(1)
        #expect(try stand.text("sys/devices/system/cpu/online") == "0-3")
        #expect(try stand.text("sys/devices/system/cpu/cpu1/online") == "1")
        #expect(try stand.text("sys/devices/system/cpu/cpu1/topology/core_id") == "1")
        #expect(stand.exists("dev/cpu/1/cpuid"))
        stand.step(Self.counting)
        for registers in [held, try stand.registers(1)] {
            #expect(try registers.read(.globalControl) == 0)
            #expect(try registers.read(.eventSelect(0)) == 0)
            #expect(try registers.read(.fixedCounter(0)) == 0)
            #expect(try registers.read(.timeStampCounter) == 60_000_000)
            #expect(try registers.read(.packageEnergy) == 3 * 16_384)
            // It executed in two of the three steps.
            #expect(try registers.read(.maximumPerformanceClock) == 10_000_000)
        }
        try start(held)
        stand.step(Self.counting)
        #expect(try held.read(.fixedCounter(0)) == 7_500_000)
    }

    @Test func timeOfAnOfflineCPUStaysInTheSum() throws {
        let stand = try VirtualStand(.cascadeLake)
        stand.step(seconds: 1)
        try stand.tree.takeOffline(2)
        stand.step(seconds: 1)
        let lines = try stand.text("proc/stat").split(separator: "\n")
        #expect(lines[0...3] == [
            "cpu  175 0 0 525 0 0 0 0 0 0", "cpu0 50 0 0 150 0 0 0 0 0 0", "cpu1 50 0 0 150 0 0 0 0 0 0",
            "cpu3 50 0 0 150 0 0 0 0 0 0",
        ])
        try stand.tree.bringOnline(2)
        #expect(try stand.text("proc/stat").contains("\ncpu2 25 0 0 75 0 0 0 0 0 0\n"))
    }

    @Test func coreSleepsAsDeepAsItsRemainingCPU() throws {
        let stand = try VirtualStand(.cascadeLake)
        let works = [0.25, 0, 0, 0].map { CPUActivity(utilisation: $0, c6Share: $0 > 0 ? 0.25 : 0.75) }
        try stand.tree.takeOffline(2)
        stand.tree.step(seconds: 0.01, NodeActivity(cpus: works, sockets: []))
        #expect(try stand.registers(0).read(.coreC6Residency) == 5_000_000)
        try stand.tree.takeOffline(1)
        try stand.tree.takeOffline(3)
        stand.tree.step(seconds: 0.01, NodeActivity(cpus: works, sockets: []))
        try stand.tree.bringOnline(3)
        #expect(try stand.registers(3).read(.coreC6Residency) == 35_000_000)
    }

    @Test func unitsMoveToACPUThatIsStillThere() throws {
        let stand = try VirtualStand(.twoSocketsOneChannelMissing)
        try stand.tree.takeOffline(2)
        #expect(try stand.text("sys/bus/event_source/devices/uncore_imc_0/cpumask") == "0,3")
        #expect(try stand.text("sys/bus/event_source/devices/cstate_core/cpumask") == "0-1,3,6")
        for cpu in [3, 6, 7] { try stand.tree.takeOffline(cpu) }
        #expect(try stand.text("sys/bus/event_source/devices/power/cpumask") == "0")
        #expect(try stand.text("sys/devices/system/node/node1/cpulist") == "")
    }

    @Test func offlineCPUOfACoreComplexAddsNothing() throws {
        let stand = try VirtualStand(.zen2)
        let cpu = try stand.registers(0)
        try cpu.write(ZenCacheEvent.misses.encoding(.zen2), to: .zenCacheControl(0))
        try stand.tree.takeOffline(5)
        stand.step()
        #expect(try cpu.read(.zenCacheCounter(0)) == 12_000)
    }
}
