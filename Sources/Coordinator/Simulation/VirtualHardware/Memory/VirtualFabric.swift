import Registers

/// The counters of one package's AMD data fabric: requests with data of each memory channel (Zen 1 to 3).
struct VirtualFabric {
    private var counters: SharedCounters
    private let channels: [Int]

    init(registers: [RegisterMemory], profile: HardwareProfile, socket: Int) {
        counters = SharedCounters(members: registers, pairs: profile.fabricCounters)
        channels = profile.hardware.populatedChannels(ofSocket: socket)
    }

    /// Lets time pass in which each populated channel moves so many lines, either way.
    mutating func step(linesPerChannel: Double) {
        let channels = channels
        counters.step(
            amount: { control in
                let isCounting = channels.contains {
                    let event = ZenFabricEvent.channelEvent($0)
                    return control
                        == ZenFabricEvent.encoding(event: event, unitMask: ZenFabricEvent.dataRequests)
                }
                return isCounting ? linesPerChannel : nil
            }, stored: { $0 & CounterWidth.bits48.mask })
    }
}
