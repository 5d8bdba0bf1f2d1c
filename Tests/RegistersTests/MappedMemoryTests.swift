import Registers
import Testing

struct MappedMemoryTests {
    @Test func controllersLieAtBaseAndDistance() {
        // The base counts units of 8 MiB, distances units of 4 KiB; other bits of the words mean something else.
        #expect(MappedMemoryPMON.controllerAddress(base: 0x1F7, distance: 0) == 0xFB80_0000)
        #expect(MappedMemoryPMON.controllerAddress(base: 0xE000_01F7, distance: 0xFFFF_F8C0) == 0xFB8C_0000)
        #expect(MappedMemoryPMON.controllerAddress(base: 0xE000_0000, distance: 5) == nil)
        #expect((0..<4).map { MappedMemoryPMON.controllerOffset($0) } == [0xD8, 0xDC, 0xE0, 0xE4])
    }

    @Test func channelsAreSixteenKibibytesApart() {
        #expect(MappedMemoryPMON.channelBox(1) == 0x26800)
        #expect(MappedMemoryPMON.counter(3) == 0x20)
        #expect(MappedMemoryPMON.control(3) == 0x4C)
        #expect(MappedMemoryPMON.channelBox(2) + MappedMemoryPMON.control(3) < MappedMemoryPMON.controllerBytes)
    }

    @Test func eventsEncodeAsTheManualWritesThem() {
        #expect(MemoryControllerPMON.encoding(MappedMemoryPMON.readEvent) == 0x400F04)
        #expect(MemoryControllerPMON.encoding(MappedMemoryPMON.writeEvent) == 0x403004)
    }
}
