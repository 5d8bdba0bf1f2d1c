import Foundation
import Registers
import Simulation
import Testing

/// Memory channels that are mapped, missing, or seen through resctrl alone.
struct MemoryHardwareTests {
    /// 48-bit counter at a physical address.
    private func count(_ stand: VirtualStand, at address: UInt64) throws -> UInt64 {
        let file = try #require(FileHandle(forReadingAtPath: stand.tree.physicalMemory))
        defer { try? file.close() }
        try file.seek(toOffset: address)
        let bytes = try #require(try file.read(upToCount: 8))
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    @Test func mappedCountersAreFoundThroughTheirLocatorAndRunFreely() throws {
        let stand = try VirtualStand(.iceLake)
        let device = "\(stand.tree.sysfsRoot)/bus/pci/devices/0000:7f:00.1"
        #expect(try stand.text("sys/bus/pci/devices/0000:7f:00.1/device") == "0x3451")
        let locator = try FileConfigurationSpace(path: "\(device)/config")
        let base = try locator.read(at: MappedMemoryPMON.baseOffset)
        for _ in 0..<2 { stand.step() }
        for controller in 0..<MappedMemoryPMON.controllers {
            let distance = try locator.read(at: MappedMemoryPMON.controllerOffset(controller))
            let address = try #require(MappedMemoryPMON.controllerAddress(base: base, distance: distance))
            // 3.84 GB/s over 8 channels, two for each controller, 64 bytes a burst, 20 ms.
            #expect(try count(stand, at: address + MappedMemoryPMON.freeRunningReads) == 300_000)
            #expect(try count(stand, at: address + MappedMemoryPMON.freeRunningWrites) == 30_000)
            #expect(try count(stand, at: address + MappedMemoryPMON.freeRunningClocks) == 32_000_000)
            #expect(try count(stand, at: address + MappedMemoryPMON.freeRunningPersistentReads) == 0)
        }
        var status = stat()
        #expect(stat(stand.tree.physicalMemory, &status) == 0)
        #expect(status.st_size > 1 << 31)
        #expect(status.st_blocks * 512 < 4 << 20)
    }

    @Test func missingChannelHasNoDeviceAndTheOthersCarryItsTraffic() throws {
        let stand = try VirtualStand(.twoSocketsOneChannelMissing)
        let folder = "\(stand.tree.sysfsRoot)/bus/pci/devices"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.filter { $0.hasPrefix("0000:7f") }.count == 6)
        let second = names.filter { $0.hasPrefix("0000:8f") }.map { $0.suffix(4) }
        #expect(second == ["0a.2", "0a.6", "0b.2", "0c.6", "0d.2"])
        let spaces = try names.map { try FileConfigurationSpace(path: "\(folder)/\($0)/config") }
        for space in spaces { try space.write(0x400304, at: MemoryControllerPMON.control(0)) }
        stand.step()
        let counts = try spaces.map { try $0.readCounter(at: MemoryControllerPMON.counter(0)) }
        // 1.92 GB/s for each socket.
        #expect(counts == Array(repeating: 50_000, count: 6) + Array(repeating: 60_000, count: 5))
    }

    @Test func resourceControlSplitsTheTrafficBetweenItsGroups() throws {
        let stand = try VirtualStand(.zen2)
        var activity = VirtualStand.activity
        activity.localMemoryShare = 0.75
        stand.step(activity)
        func bytes(_ group: String, _ cache: Int, _ kind: String) throws -> String {
            try stand.text("sys/fs/resctrl/\(group)mon_data/mon_L3_0\(cache)/mbm_\(kind)_bytes")
        }
        // 42.24 MB over two caches; half each in the two control groups, of which a part in their monitoring groups.
        let groups = [
            ("", "10560000", "7920000"), ("mon_groups/watched/", "5280000", "3960000"),
            ("tenants/", "10560000", "7920000"), ("tenants/mon_groups/first/", "2640000", "1980000"),
        ]
        for (group, total, local) in groups {
            for cache in 0..<2 {
                #expect(try bytes(group, cache, "total") == total)
                #expect(try bytes(group, cache, "local") == local)
            }
        }
        #expect(!stand.exists("sys/fs/resctrl/mon_data/mon_L3_02"))
    }

    @Test func resourceControlCanBeUnavailableAndLosesNothing() throws {
        let stand = try VirtualStand(.cascadeLake)
        let file = "sys/fs/resctrl/mon_data/mon_L3_00/mbm_total_bytes"
        stand.step()
        #expect(try stand.text(file) == "21120000")
        stand.tree.setResourceMonitoring(isAvailable: false)
        #expect(try stand.text(file) == "Unavailable")
        stand.step()
        #expect(try stand.text(file) == "Unavailable")
        stand.tree.setResourceMonitoring(isAvailable: true)
        #expect(try stand.text(file) == "42240000")
    }
}
