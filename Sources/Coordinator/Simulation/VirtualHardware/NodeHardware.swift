public import Registers
public import Topology

/// What a virtual node is built of.
public struct NodeHardware: Hashable, Sendable {
    /// The processor's name as /proc/cpuinfo shows it.
    public let modelName: String
    /// What decides the generation, and with it events and memory controllers.
    public let signature: ProcessorSignature
    /// Logical CPUs of the whole node.
    public let cpuCount: Int
    /// Logical CPUs that share one physical core.
    public let threadsPerCore: Int
    /// Physical packages; CPUs are spread over them evenly.
    public let sockets: Int
    /// Nominal clock, and so the rate of the time-stamp counter, in hertz; a multiple of 100 MHz.
    public let nominalHertz: UInt64
    /// Last-level cache of one socket, in bytes.
    public let l3Bytes: Int
    /// Memory channels of one socket.
    public let memoryChannels: Int

    /// Hardware as described. Counts below 1 are taken as 1; `cpuCount` is rounded up to fill sockets and cores.
    public init(
        modelName: String, signature: ProcessorSignature, cpuCount: Int, threadsPerCore: Int = 1, sockets: Int = 1,
        nominalHertz: UInt64, l3Bytes: Int, memoryChannels: Int
    ) {
        self.modelName = modelName
        self.signature = signature
        self.threadsPerCore = max(1, threadsPerCore)
        self.sockets = max(1, sockets)
        let grain = self.threadsPerCore * self.sockets
        self.cpuCount = (max(1, cpuCount) + grain - 1) / grain * grain
        self.nominalHertz = nominalHertz
        self.l3Bytes = l3Bytes
        self.memoryChannels = max(1, memoryChannels)
    }

    /// Physical cores of the whole node.
    public var coreCount: Int { cpuCount / threadsPerCore }

    /// The physical core of logical CPU `cpu`: CPUs n and n + coreCount are siblings, as Linux numbers Xeon threads.
    public func core(of cpu: Int) -> Int { cpu % coreCount }

    /// The package of logical CPU `cpu`: cores fill one package after the other.
    public func socket(of cpu: Int) -> Int { core(of: cpu) / (coreCount / sockets) }

    /// The PCI devices of one socket's memory channels; empty for a generation whose counters are not in PCI
    /// configuration space.
    var channelDevices: [MemoryControllerPMON.ChannelDevice] {
        signature.generation.map { Array(MemoryControllerPMON.channels(of: $0).prefix(memoryChannels)) } ?? []
    }

    /// The four worker nodes of the Darly thesis' test bed (section 5.1). The Silver 4210 has ten cores, so its sixteen
    /// vCPUs must be threads; the others' vCPUs are whole cores. Clock and cache are the thesis' figures.
    public static let thesisNodes: [NodeName: NodeHardware] = [
        NodeName("w01"): NodeHardware(
            modelName: "Intel(R) Xeon(R) Gold 5218R CPU @ 2.10GHz",
            signature: ProcessorSignature(family: 6, model: 0x55, stepping: 7), cpuCount: 8,
            nominalHertz: 2_100_000_000, l3Bytes: 28 << 20, memoryChannels: 6),
        NodeName("w02"): NodeHardware(
            modelName: "Intel(R) Xeon(R) Gold 6138 CPU @ 2.00GHz",
            signature: ProcessorSignature(family: 6, model: 0x55, stepping: 4), cpuCount: 8,
            nominalHertz: 2_000_000_000, l3Bytes: 28 << 20, memoryChannels: 6),
        NodeName("w03"): NodeHardware(
            modelName: "Intel(R) Xeon(R) Silver 4210 CPU @ 2.00GHz",
            signature: ProcessorSignature(family: 6, model: 0x55, stepping: 7), cpuCount: 16, threadsPerCore: 2,
            nominalHertz: 2_000_000_000, l3Bytes: 14 << 20, memoryChannels: 6),
        NodeName("w04"): NodeHardware(
            modelName: "Intel(R) Xeon(R) CPU E5-2658A v3 @ 2.20GHz",
            signature: ProcessorSignature(family: 6, model: 0x3F, stepping: 2), cpuCount: 4,
            nominalHertz: 2_200_000_000, l3Bytes: 30 << 20, memoryChannels: 4),
    ]
}
