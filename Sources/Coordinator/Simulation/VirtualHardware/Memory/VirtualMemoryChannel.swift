import Registers

/// One memory channel's monitor in a configuration-space file: counts bursts as its controls say.
struct VirtualMemoryChannel {
    private static let width = CounterWidth.bits48

    private let space: RegisterMemory
    private var bursts = [WholeCounts](repeating: WholeCounts(), count: MemoryControllerPMON.counters)

    init(space: RegisterMemory, device: UInt16) {
        self.space = space
        space.store(MemoryControllerPMON.vendor, at: 0)
        space.store(device, at: 2)
    }

    /// Lets time pass in which the channel reads and writes so many bursts of 64 bytes.
    mutating func step(readBursts: Double, writeBursts: Double) {
        let box: UInt32 = word(MemoryControllerPMON.boxControl)
        if box & MemoryControllerPMON.resetControls != 0 {
            for index in bursts.indices { setWord(0, MemoryControllerPMON.control(index)) }
        }
        if box & MemoryControllerPMON.resetCounters != 0 {
            for index in bursts.indices { space.store(UInt64(0), at: Int(MemoryControllerPMON.counter(index))) }
        }
        let resets = MemoryControllerPMON.resetControls | MemoryControllerPMON.resetCounters
        if box & resets != 0 { setWord(box & ~resets, MemoryControllerPMON.boxControl) }
        let frozen = MemoryControllerPMON.freeze | MemoryControllerPMON.freezeEnable
        guard box & frozen != frozen else { return }
        for index in bursts.indices {
            let control = word(MemoryControllerPMON.control(index))
            guard control & MemoryControllerPMON.counterEnable != 0 else { continue }
            switch control & 0xFFFF {
            case MemoryControllerPMON.readEvent: count(index, readBursts)
            case MemoryControllerPMON.writeEvent: count(index, writeBursts)
            default: break
            }
        }
    }

    private mutating func count(_ index: Int, _ amount: Double) {
        let offset = Int(MemoryControllerPMON.counter(index))
        let before: UInt64 = space.load(at: offset)
        space.store((before &+ bursts[index].take(amount)) & Self.width.mask, at: offset)
    }

    /// The box control and the controls of the counters.
    var controls: [UInt32] {
        [word(MemoryControllerPMON.boxControl)] + bursts.indices.map { word(MemoryControllerPMON.control($0)) }
    }

    /// Sets every counter to its last value before zero.
    func presetNearWrap() {
        for index in bursts.indices { space.store(Self.width.mask, at: Int(MemoryControllerPMON.counter(index))) }
    }

    private func word(_ offset: UInt32) -> UInt32 { space.load(at: Int(offset)) }

    private func setWord(_ value: UInt32, _ offset: UInt32) { space.store(value, at: Int(offset)) }
}
