import Foundation
import Registers
import Simulation
import Testing

/// AMD counters that several CPUs share: caches, data fabric, memory controllers.
struct ZenSharedCounterTests {
    @Test func cacheCountsItsOwnComplexWhicheverCPUAsks() throws {
        let stand = try VirtualStand(.zen2)
        let hardware = stand.tree.hardware
        #expect(hardware.cacheCount == 2)
        #expect((0..<8).filter { hardware.cache(of: $0) == 1 } == [2, 3, 6, 7])
        let writer = try stand.registers(2)
        let reader = try stand.registers(7)
        try writer.write(ZenCacheEvent.misses.encoding(.zen2), to: .zenCacheControl(0))
        try writer.write(ZenCacheEvent.accesses.encoding(.zen2), to: .zenCacheControl(1))
        try reader.write(ZenCacheEvent.hits.encoding(.zen2), to: .zenCacheControl(5))
        stand.step()
        for cpu in [writer, reader] {
            // Four of eight CPUs.
            #expect(try cpu.read(.zenCacheCounter(0)) == 16_000)
            #expect(try cpu.read(.zenCacheCounter(1)) == 80_000)
            #expect(try cpu.read(.zenCacheCounter(5)) == 64_000)
            #expect(try cpu.read(.zenCacheControl(5)) == ZenCacheEvent.hits.encoding(.zen2))
        }
        #expect(try stand.registers(0).read(.zenCacheControl(0)) == 0)
        #expect(try stand.registers(0).read(.zenCacheCounter(0)) == 0)
    }

    @Test(arguments: [
        // All threads, two of four slices; both threads of core 1; no thread; the layout of Zen 3; without enable bit.
        (UInt64(0xFF03_0000_0040_0104), UInt64(8000)), (0x0C0F_0000_0040_0104, 8000), (0x000F_0000_0040_0104, 0),
        (0x0300_C000_0040_0104, 0), (0xFF0F_0000_0000_0104, 0), (0xFF0F_0000_0040_0204, 0),
    ])
    func olderCacheHonoursItsMasks(control: UInt64, count: UInt64) throws {
        let stand = try VirtualStand(.zen2)
        let cpu = try stand.registers(0)
        try cpu.write(control, to: .zenCacheControl(2))
        stand.step()
        #expect(try cpu.read(.zenCacheCounter(2)) == count)
    }

    @Test(arguments: [
        // Everything; one core of four; one thread of every core; one slice of eight; the layout of Zen 2, which means
        // both threads of core 0 in one slice.
        (UInt64(0x0300_C000_0040_0104), UInt64(32_000)), (0x0300_4C00_0040_0104, 8000),
        (0x0100_C000_0040_0104, 16_000), (0x0302_8000_0040_0104, 4000), (0xFF0F_0000_0040_0104, 1000),
    ])
    func newerCacheHonoursCoreSliceAndThreads(control: UInt64, count: UInt64) throws {
        let stand = try VirtualStand(.zen4)
        let cpu = try stand.registers(0)
        try cpu.write(control, to: .zenCacheControl(2))
        stand.step()
        #expect(try cpu.read(.zenCacheCounter(2)) == count)
    }

    @Test func fabricCountsEachChannelsReadsAndWritesTogether() throws {
        let stand = try VirtualStand(.zen2)
        let cpu = try stand.registers(5)
        let events = [0, 7].map { ZenFabricEvent.channelEvent($0) } + [0x207]
        for (index, event) in events.enumerated() {
            let control = ZenFabricEvent.encoding(event: event, unitMask: ZenFabricEvent.dataRequests)
            try cpu.write(control, to: .zenFabricControl(index))
        }
        try cpu.write(ZenFabricEvent.encoding(event: 0x07, unitMask: 0x08), to: .zenFabricControl(3))
        try cpu.write((1 << 48) - 1, to: .zenFabricCounter(1))
        stand.step()
        // 4.224 GB/s over 8 channels, 64 bytes a line, 10 ms.
        let counts = try (0..<4).map { try stand.registers(0).read(.zenFabricCounter($0)) }
        #expect(counts == [82_500, 82_499, 0, 0])
    }

    @Test func memoryControllersCountReadsAndWritesApart() throws {
        let stand = try VirtualStand(.zen4)
        let cpu = try stand.registers(2)
        let controls = [
            ZenMemoryEvent.encoding(.reads), ZenMemoryEvent.encoding(.writes), ZenMemoryEvent.encoding(.both), 0x10A,
        ]
        for channel in [0, 11] {
            for (index, control) in controls.enumerated() {
                try cpu.write(control, to: .zenMemoryControl(channel: channel, index: index, perChannel: 4))
            }
        }
        stand.step()
        for channel in [0, 11] {
            let counts = try (0..<4).map {
                try stand.registers(6).read(.zenMemoryCounter(channel: channel, index: $0, perChannel: 4))
            }
            #expect(counts == [50_000, 5000, 55_000, 0])
        }
        #expect(try cpu.read(.zenMemoryCounter(channel: 5, index: 0, perChannel: 4)) == 0)
        let behind = RegisterAddress.zenMemoryControl(channel: 12, index: 0, perChannel: 4)
        #expect(stand.failure { _ = try cpu.read(behind) } == .errno(EIO))
    }

    @Test func memoryControllerStopsAtItsEndInsteadOfWrapping() throws {
        let stand = try VirtualStand(.zen4)
        let cpu = try stand.registers(0)
        let counter = RegisterAddress.zenMemoryCounter(channel: 3, index: 0, perChannel: 4)
        let control = RegisterAddress.zenMemoryControl(channel: 3, index: 0, perChannel: 4)
        try cpu.write(ZenMemoryEvent.encoding(.reads), to: control)
        try cpu.write((1 << 48) - 60_000, to: counter)
        stand.step()
        #expect(try cpu.read(counter) == (1 << 48) - 10_000)
        for _ in 0..<2 {
            stand.step()
            #expect(try cpu.read(counter) == (1 << 49) - 1)
        }
        try cpu.write(0, to: counter)
        stand.step()
        #expect(try cpu.read(counter) == 50_000)
    }
}
