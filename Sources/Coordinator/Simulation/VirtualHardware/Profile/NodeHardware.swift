public import Registers

/// What a virtual node is built of.
public struct NodeHardware: Hashable, Sendable {
    /// One memory channel of one socket.
    public struct Channel: Hashable, Sendable {
        /// Socket, and place among the socket's channels, both from 0.
        public let socket, index: Int

        /// The channel so numbered.
        public init(socket: Int, index: Int) {
            self.socket = socket
            self.index = index
        }
    }

    /// The processor's name as /proc/cpuinfo shows it.
    public let modelName: String
    /// What decides the generation, and with it events and memory controllers.
    public let signature: ProcessorSignature
    /// Logical CPUs of the whole node.
    public let cpuCount: Int
    /// Logical CPUs that share one physical core; an efficient core has one.
    public let threadsPerCore: Int
    /// Efficient cores of a hybrid processor, 0 elsewhere. Their CPUs have the highest numbers.
    public let efficientCores: Int
    /// Physical packages; CPUs are spread over them evenly. A hybrid processor stands alone.
    public let sockets: Int
    /// Physical cores that share a last-level cache: those of a package, fewer on AMD (a core complex).
    public let coresPerCache: Int
    /// NUMA nodes that firmware splits each package into.
    public let numaNodesPerSocket: Int
    /// Nominal clock, and so the rate of the time-stamp counter, in hertz; a multiple of 100 MHz.
    public let nominalHertz: UInt64
    /// Last-level cache of one socket, in bytes.
    public let l3Bytes: Int
    /// Memory channels of one socket.
    public let memoryChannels: Int
    /// Channels that are not populated: no counters, no traffic.
    public let absentChannels: Set<Channel>

    /// Hardware as described. Counts below 1 are taken as 1; `cpuCount` is rounded up to fill sockets and cores.
    public init(
        modelName: String, signature: ProcessorSignature, cpuCount: Int, threadsPerCore: Int = 1, sockets: Int = 1,
        nominalHertz: UInt64, l3Bytes: Int, memoryChannels: Int, efficientCores: Int = 0, coresPerCache: Int? = nil,
        numaNodesPerSocket: Int = 1, absentChannels: Set<Channel> = []
    ) {
        self.modelName = modelName
        self.signature = signature
        self.threadsPerCore = max(1, threadsPerCore)
        self.efficientCores = max(0, efficientCores)
        self.sockets = self.efficientCores > 0 ? 1 : max(1, sockets)
        let grain = self.threadsPerCore * self.sockets
        let performance = (max(1, cpuCount - self.efficientCores) + grain - 1) / grain * grain
        self.cpuCount = performance + self.efficientCores
        let cores = performance / self.threadsPerCore + self.efficientCores
        self.coresPerCache = max(1, min(coresPerCache ?? .max, cores / self.sockets))
        self.numaNodesPerSocket = max(1, min(numaNodesPerSocket, cores / self.sockets))
        self.nominalHertz = nominalHertz
        self.l3Bytes = l3Bytes
        self.memoryChannels = max(1, memoryChannels)
        self.absentChannels = absentChannels
    }

    /// The PCI devices of a socket's memory channels that are populated; empty for a generation whose counters are not
    /// in PCI configuration space.
    func channelDevices(ofSocket socket: Int) -> [MemoryControllerPMON.ChannelDevice] {
        let devices = signature.generation.map { MemoryControllerPMON.channels(of: $0) } ?? []
        return devices.prefix(memoryChannels).enumerated().filter { isPopulated($0.offset, ofSocket: socket) }
            .map(\.element)
    }

    /// Whether channel `index` of `socket` has memory.
    func isPopulated(_ index: Int, ofSocket socket: Int) -> Bool {
        !absentChannels.contains(Channel(socket: socket, index: index))
    }

    /// Channels of `socket` that have memory.
    func populatedChannels(ofSocket socket: Int) -> [Int] {
        (0..<memoryChannels).filter { isPopulated($0, ofSocket: socket) }
    }
}
