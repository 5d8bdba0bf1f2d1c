import Registers

/// The free-running memory counters of one Ice Lake socket in a file that stands in for /dev/mem, where physical
/// address a lies at byte a.
struct VirtualMappedMemory {
    private struct Controller {
        let address: UInt64
        let channels: Int
        var reads = WholeCounts(), writes = WholeCounts(), clocks = WholeCounts()
    }

    /// Memory clocks per second: DDR4-3200.
    static let clockHertz = 1.6e9

    private let memory: RegisterMemory
    private var controllers: [Controller]

    /// What the UBOX of `socket` holds: the base of its counters in units of 8 MiB, which keeps sockets 256 MiB apart.
    static func base(ofSocket socket: Int) -> UInt32 { UInt32(0x1E0 + 0x20 * socket) }

    /// What the UBOX holds for `controller`: its distance in units of 4 KiB.
    static func distance(ofController controller: Int) -> UInt32 { UInt32(0x80 + 0x40 * controller) }

    /// Where `controller` of `socket` lies.
    static func address(socket: Int, controller: Int) -> UInt64 {
        UInt64(base(ofSocket: socket)) << 23 + (UInt64(distance(ofController: controller)) << 12)
    }

    /// The bytes of the file that `sockets` sockets use.
    static func windows(sockets: Int) -> [Range<Int>] {
        (0..<sockets).flatMap { socket in
            (0..<MappedMemoryPMON.controllers).map { controller in
                let start = Int(address(socket: socket, controller: controller))
                return start..<start + Int(MappedMemoryPMON.controllerBytes)
            }
        }
    }

    init(memory: RegisterMemory, socket: Int, hardware: NodeHardware) {
        self.memory = memory
        let populated = Set(hardware.populatedChannels(ofSocket: socket))
        controllers = (0..<MappedMemoryPMON.controllers).map { controller in
            let first = controller * MappedMemoryPMON.channelsPerController
            let channels = (first..<first + MappedMemoryPMON.channelsPerController).filter(populated.contains)
            return Controller(address: Self.address(socket: socket, controller: controller), channels: channels.count)
        }
    }

    /// Lets `seconds` pass in which each populated channel reads and writes so many bursts.
    mutating func step(seconds: Double, readBurstsPerChannel: Double, writeBurstsPerChannel: Double) {
        for index in controllers.indices {
            let (address, channels) = (controllers[index].address, Double(controllers[index].channels))
            let reads = controllers[index].reads.take(readBurstsPerChannel * channels)
            let writes = controllers[index].writes.take(writeBurstsPerChannel * channels)
            let clocks = channels == 0 ? 0 : controllers[index].clocks.take(Self.clockHertz * seconds)
            add(reads, at: address + MappedMemoryPMON.freeRunningReads)
            add(writes, at: address + MappedMemoryPMON.freeRunningWrites)
            add(clocks, at: address + MappedMemoryPMON.freeRunningClocks)
        }
    }

    private func add(_ amount: UInt64, at address: UInt64) {
        let value: UInt64 = memory.load(at: Int(address))
        memory.store((value &+ amount) & CounterWidth.bits48.mask, at: Int(address))
    }
}
