import Foundation
import Registers
import Simulation
import Testing

/// What a test can do to a virtual node behind an agent's back.
struct HardwareOperationTests {
    private func start(_ registers: FileRegisters) throws {
        try registers.write(0x333, to: .fixedCounterControl)
        try registers.write(0x43412E, to: .eventSelect(0))
        try registers.write(0x7_0000_0001, to: .globalControl)
    }

    @Test func pausedMachineKeepsCountersAndOnlyItsClockGoesOn() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        try start(cpu)
        stand.step()
        stand.tree.pause(seconds: 10, losesProgramming: false)
        #expect(try cpu.read(.timeStampCounter) == 20_020_000_000)
        #expect(try cpu.read(.fixedCounter(0)) == 7_500_000)
        #expect(try cpu.read(.coreC6Residency) == 10_000_000)
        #expect(try cpu.read(.packageEnergy) == 16_384)
        #expect(try cpu.read(.globalControl) == 0x7_0000_0001)
        stand.step()
        #expect(try cpu.read(.fixedCounter(0)) == 15_000_000)
    }

    @Test(arguments: ["cascadeLake", "zen4"])
    func suspendedMachineComesBackWithItsCountersOff(name: String) throws {
        let stand = try VirtualStand(#require(HardwareProfile.named[name]))
        let before = stand.tree.controlImage
        let isZen = name == "zen4"
        for cpu in 0..<2 {
            if isZen {
                try stand.registers(cpu).write(ZenCoreEvent.cycles.encoding, to: .zenEventSelect(0))
                try stand.registers(cpu).write(1, to: .zenGlobalControl)
            } else {
                try start(stand.registers(cpu))
            }
        }
        stand.step()
        #expect(stand.tree.controlImage != before)
        stand.tree.pause(seconds: 10, losesProgramming: true)
        #expect(stand.tree.controlImage == before)
        let counter: RegisterAddress = isZen ? .zenCounter(0) : .fixedCounter(0)
        #expect(try stand.registers(1).read(counter) == 0)
        stand.step()
        #expect(try stand.registers(1).read(counter) == 0)
    }

    @Test func countersPresetToTheirLastValueWrapInTheNextStep() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        try start(cpu)
        let folder = "\(stand.tree.sysfsRoot)/bus/pci/devices"
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).min())
        let channel = try FileConfigurationSpace(path: "\(folder)/\(name)/config")
        try channel.write(0x400304, at: MemoryControllerPMON.control(0))
        stand.tree.presetCountersNearWrap()
        #expect(try cpu.read(.fixedCounter(2)) == (1 << 48) - 1)
        #expect(try cpu.read(.packageEnergy) == (1 << 32) - 1)
        stand.step()
        #expect(try cpu.read(.fixedCounter(0)) == 7_499_999)
        #expect(try cpu.read(.programmableCounter(0)) == 7999)
        #expect(try cpu.read(.packageEnergy) == 16_383)
        #expect(try channel.readCounter(at: MemoryControllerPMON.counter(0)) == 99_999)
        #expect(try cpu.read(.globalStatus) == 0x7_0000_0001)
    }

    @Test func foreignOwnerCountsBesideTheOthers() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(1)
        try start(cpu)
        stand.tree.program(counter: 2, 0x43003C, cpu: 1)
        stand.step()
        #expect(try cpu.read(.programmableCounter(2)) == 5_000_000)
        #expect(try cpu.read(.programmableCounter(0)) == 8000)
        #expect(try cpu.read(.globalControl) == 0x7_0000_0005)
        stand.tree.releaseCounter(2, cpu: 1)
        stand.step()
        #expect(try cpu.read(.programmableCounter(2)) == 5_000_000)
        #expect(try cpu.read(.eventSelect(2)) == 0)
        #expect(try cpu.read(.globalControl) == 0x7_0000_0001)
    }

    @Test func watchdogHoldsAFixedCounterWithItsInterrupt() throws {
        let stand = try VirtualStand(.watchdogOn)
        stand.step()
        let cpu = try stand.registers(2)
        #expect(try cpu.read(.fixedCounterControl) == 0xB0)
        #expect(try cpu.read(.fixedCounter(1)) == 5_000_000)
        #expect(try cpu.read(.fixedCounter(0)) == 0)
        #expect(try stand.text("proc/sys/kernel/nmi_watchdog") == "1")
    }

    @Test func faultStrikesOneCPUUntilItIsCleared() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpus = try (0..<2).map { try stand.registers($0) }
        try stand.tree.inject(RegisterFault(.coreC6Residency, errorNumber: EIO), cpu: 1)
        #expect(stand.failure { _ = try cpus[1].read(.coreC6Residency) } == .errno(EIO))
        #expect(stand.failure { _ = try cpus[0].read(.coreC6Residency) } == nil)
        #expect(stand.failure { _ = try cpus[1].read(.timeStampCounter) } == nil)
        try stand.tree.inject(RegisterFault(.coreC6Residency, errorNumber: ENXIO, count: 1), cpu: 1)
        #expect(stand.failure { _ = try cpus[1].read(.coreC6Residency) } == .errno(ENXIO))
        #expect(stand.failure { _ = try cpus[1].read(.coreC6Residency) } == .errno(EIO))
        try stand.tree.clearFaults(cpu: 1)
        #expect(stand.failure { _ = try cpus[1].read(.coreC6Residency) } == nil)
    }

    @Test func lockdownRefusesEveryWriteAndNoRead() throws {
        let stand = try VirtualStand(.cascadeLake)
        let cpu = try stand.registers(0)
        try stand.tree.inject(RegisterFault(nil, errorNumber: EPERM, calls: .write), cpu: 0)
        for register: RegisterAddress in [.globalControl, .eventSelect(0), .timeStampCounter] {
            #expect(stand.failure { try cpu.write(1, to: register) } == .errno(EPERM))
            #expect(stand.failure { _ = try cpu.read(register) } == nil)
        }
        #expect(stand.failure { _ = try cpu.read(.zenCounter(0)) } == .errno(EIO))
    }

    @Test func ordinaryTreeCanHaveFaultsToo() throws {
        let stand = try VirtualStand(HardwareProfile(HardwareProfile.haswell.hardware), injectsFaults: true)
        let cpu = try stand.registers(2)
        #expect(try cpu.read(.packageEnergy) == 0)
        try stand.tree.inject(RegisterFault(.packageEnergy, errorNumber: EIO), cpu: 2)
        #expect(stand.failure { _ = try cpu.read(.packageEnergy) } == .errno(EIO))
        try stand.tree.takeOffline(2)
        #expect(stand.failure { _ = try cpu.read(.timeStampCounter) } == .errno(ENXIO))
        try stand.tree.bringOnline(2)
        #expect(stand.failure { _ = try cpu.read(.timeStampCounter) } == nil)
        #expect(stand.failure { _ = try cpu.read(.packageEnergy) } == .errno(EIO))
    }

    @Test func controlImageTellsEveryChangedControl() throws {
        let stand = try VirtualStand(.cascadeLake)
        let before = stand.tree.controlImage
        stand.step()
        #expect(stand.tree.controlImage == before)
        let folder = "\(stand.tree.sysfsRoot)/bus/pci/devices"
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).max())
        let channel = try FileConfigurationSpace(path: "\(folder)/\(name)/config")
        try channel.write(0x400304, at: MemoryControllerPMON.control(3))
        #expect(stand.tree.controlImage != before)
        try channel.write(0, at: MemoryControllerPMON.control(3))
        #expect(stand.tree.controlImage == before)
        for register: RegisterAddress in [.fixedCounterControl, .globalControl, .eventSelect(3)] {
            stand.tree[register, cpu: 3] = 1
            #expect(stand.tree.controlImage != before)
            stand.tree[register, cpu: 3] = 0
        }
        #expect(stand.tree.controlImage == before)
    }

    @Test func zenControlImageContainsSharedControls() throws {
        let stand = try VirtualStand(.zen4)
        let before = stand.tree.controlImage
        let shared: [RegisterAddress] = [
            .zenEventSelect(5), .zenGlobalControl, .zenCacheControl(5),
            .zenMemoryControl(channel: 11, index: 3, perChannel: 4),
        ]
        for register in shared {
            stand.tree[register, cpu: 7] = 1
            #expect(stand.tree.controlImage != before, "\(register)")
            stand.tree[register, cpu: 7] = 0
        }
        #expect(stand.tree.controlImage == before)
    }
}
