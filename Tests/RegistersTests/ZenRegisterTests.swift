import Registers
import Testing

struct ZenRegisterTests {
    @Test(arguments: [
        (RegisterAddress.zenEventSelect(0), UInt32(0xC001_0200)), (.zenEventSelect(5), 0xC001_020A),
        (.zenCounter(5), 0xC001_020B), (.zenCacheControl(0), 0xC001_0230), (.zenCacheCounter(5), 0xC001_023B),
        (.zenFabricControl(0), 0xC001_0240), (.zenFabricCounter(3), 0xC001_0247),
        (.zenMemoryControl(channel: 0, index: 0, perChannel: 4), 0xC001_0800),
        (.zenMemoryCounter(channel: 2, index: 1, perChannel: 4), 0xC001_0813),
        (.zenGlobalStatus, 0xC000_0300), (.zenGlobalControl, 0xC000_0301), (.zenGlobalStatusClear, 0xC000_0302),
        (.retiredInstructions, 0xC000_00E9), (.hardwareConfiguration, 0xC001_0015), (.zenEnergyUnit, 0xC001_0299),
        (.zenCoreEnergy, 0xC001_029A), (.zenPackageEnergy, 0xC001_029B),
    ])
    func registersHaveTheManualsNumbers(register: RegisterAddress, number: UInt32) {
        #expect(register.rawValue == number)
        #expect(register < .zenEnd)
    }

    @Test(arguments: [
        (ZenCoreEvent.instructions, UInt64(0x4300C0)), (.cycles, 0x430076), (.referenceCycles, 0x1_0043_0120),
        (.memoryFills, 0x434844), (.nearMemoryFills, 0x430844), (.farMemoryFills, 0x434044),
    ])
    func coreEventsSplitTheirTwelveBits(event: ZenCoreEvent, encoding: UInt64) {
        #expect(event.encoding == encoding)
    }

    @Test func cacheEventsTakeTheWholeCacheInEitherLayout() {
        #expect(ZenCacheEvent.misses.encoding(.zen1) == 0xFF0F_0000_0040_0104)
        #expect(ZenCacheEvent.accesses.encoding(.zen2) == 0xFF0F_0000_0040_FF04)
        #expect(ZenCacheEvent.misses.encoding(.zen3) == 0x0300_C000_0040_0104)
        #expect(ZenCacheEvent.hits.encoding(.zen4) == 0x0300_C000_0040_FE04)
    }

    @Test func fabricChannelsHaveTheEventsOfTheKernelsTables() {
        let events: [UInt16] = [0x07, 0x47, 0x87, 0xC7, 0x107, 0x147, 0x187, 0x1C7]
        #expect((0..<ZenFabricEvent.channels).map { ZenFabricEvent.channelEvent($0) } == events)
        let first = ZenFabricEvent.encoding(event: 0x07, unitMask: ZenFabricEvent.dataRequests)
        let last = ZenFabricEvent.encoding(event: 0x1C7, unitMask: ZenFabricEvent.dataRequests)
        #expect(first == 0x403807)
        #expect(last == 0x1_0040_38C7)
        #expect(ZenFabricEvent.encoding(event: 0x3000, unitMask: 0) == 0x1800_0000_0040_0000)
        #expect(ZenFabricEvent.wideEncoding(event: 0x1F, unitMask: 0x7FE) == 0x740_FE1F)
    }

    @Test func memoryEventsAreThePerfConfigurationsWithTheEnableBit() {
        #expect(ZenMemoryEvent.perfConfiguration(.reads) == 0x10A)
        #expect(ZenMemoryEvent.perfConfiguration(.writes) == 0x20A)
        #expect(ZenMemoryEvent.encoding(.reads) == 0x8000_010A)
        #expect(ZenMemoryEvent.encoding(.both) == 0x8000_000A)
    }
}
