import Registers

/// Everything that counts beside the cores: memory channels wherever they are, and AMD's caches.
struct VirtualMemory {
    private struct Channel {
        let socket: Int
        let path: String
        var monitor: VirtualMemoryChannel
    }

    private let hardware: NodeHardware
    private let populated: [Int]
    private var channels: [Channel] = []
    private var caches: [VirtualCache] = []
    private var fabrics: [VirtualFabric] = []
    private var controllers: [[VirtualMemoryController]] = []
    private var mapped: [VirtualMappedMemory] = []

    /// Makes the devices and files that `profile` has; `registers` holds each CPU's.
    init(files: TreeFiles, profile: HardwareProfile, registers: [RegisterMemory]) throws(VirtualTreeError) {
        let hardware = profile.hardware
        self.hardware = hardware
        populated = (0..<hardware.sockets).map { hardware.populatedChannels(ofSocket: $0).count }
        if !profile.cacheCounters.isEmpty, let generation = profile.generation {
            caches = (0..<hardware.cacheCount).map { cache in
                let cpus = (0..<hardware.cpuCount).filter { hardware.cache(of: $0) == cache }
                return VirtualCache(
                    cpus: cpus, registers: cpus.map { registers[$0] }, profile: profile, generation: generation)
            }
        }
        let bySocket = (0..<hardware.sockets).map { socket in
            (0..<hardware.cpuCount).filter { hardware.socket(of: $0) == socket }.map { registers[$0] }
        }
        switch profile.memory {
        case .missing: break
        case .configurationSpace: try makeChannels(files)
        case .mapped: try makeMappedMemory(files)
        case .fabric:
            fabrics = bySocket.enumerated().map {
                VirtualFabric(registers: $0.element, profile: profile, socket: $0.offset)
            }
        case .controllers:
            controllers = bySocket.map { members in
                (0..<profile.populatedControllers).map {
                    VirtualMemoryController(channel: $0, registers: members, profile: profile)
                }
            }
        }
    }

    private mutating func makeChannels(_ files: TreeFiles) throws(VirtualTreeError) {
        for socket in 0..<hardware.sockets {
            for device in hardware.channelDevices(ofSocket: socket) {
                let path = try PCIFiles(files: files).writeDevice(
                    device.identifier, device: device.device, function: device.function, socket: socket,
                    numaNode: socket * hardware.numaNodesPerSocket)
                let space = try RegisterMemory(path: path, byteCount: PCIFiles.spaceBytes)
                let monitor = VirtualMemoryChannel(space: space, device: device.identifier)
                channels.append(Channel(socket: socket, path: path, monitor: monitor))
            }
        }
    }

    private mutating func makeMappedMemory(_ files: TreeFiles) throws(VirtualTreeError) {
        let windows = VirtualMappedMemory.windows(sockets: hardware.sockets)
        let path = "dev/mem"
        try files.makeFolder(ofFile: path)
        let memory = try RegisterMemory(
            path: "\(files.root)/\(path)", byteCount: windows.map(\.upperBound).max() ?? 0, windows: windows)
        for socket in 0..<hardware.sockets {
            let space = try PCIFiles(files: files).writeDevice(
                MappedMemoryPMON.locator, device: MappedMemoryPMON.locatorPlace.device,
                function: MappedMemoryPMON.locatorPlace.function, socket: socket,
                numaNode: socket * hardware.numaNodesPerSocket)
            let locator = try RegisterMemory(path: space, byteCount: PCIFiles.spaceBytes)
            locator.store(MemoryControllerPMON.vendor, at: 0)
            locator.store(MappedMemoryPMON.locator, at: 2)
            locator.store(VirtualMappedMemory.base(ofSocket: socket), at: Int(MappedMemoryPMON.baseOffset))
            for controller in 0..<MappedMemoryPMON.controllers {
                let offset = Int(MappedMemoryPMON.controllerOffset(controller))
                locator.store(VirtualMappedMemory.distance(ofController: controller), at: offset)
            }
            mapped.append(VirtualMappedMemory(memory: memory, socket: socket, hardware: hardware))
        }
    }

    /// Lets `seconds` pass; a socket's traffic is spread evenly over its populated channels.
    mutating func step(seconds: Double, _ activity: NodeActivity, cpu: (Int) -> CPUActivity) {
        func bursts(_ socket: Int, _ rate: KeyPath<SocketActivity, Double>) -> Double {
            guard populated[socket] > 0 else { return 0 }
            let each = seconds / Double(MemoryControllerPMON.bytesPerBurst * populated[socket])
            return activity.socket(socket)[keyPath: rate] * each
        }
        for index in channels.indices {
            channels[index].monitor.step(
                readBursts: bursts(channels[index].socket, \.memoryReadBytesPerSecond),
                writeBursts: bursts(channels[index].socket, \.memoryWriteBytesPerSecond))
        }
        for index in caches.indices { caches[index].step(seconds: seconds, cpu) }
        for socket in fabrics.indices {
            let both = bursts(socket, \.memoryReadBytesPerSecond) + bursts(socket, \.memoryWriteBytesPerSecond)
            fabrics[socket].step(linesPerChannel: both)
        }
        for socket in controllers.indices {
            for index in controllers[socket].indices {
                controllers[socket][index].step(
                    readBursts: bursts(socket, \.memoryReadBytesPerSecond),
                    writeBursts: bursts(socket, \.memoryWriteBytesPerSecond))
            }
        }
        for socket in mapped.indices {
            mapped[socket].step(
                seconds: seconds, readBurstsPerChannel: bursts(socket, \.memoryReadBytesPerSecond),
                writeBurstsPerChannel: bursts(socket, \.memoryWriteBytesPerSecond))
        }
    }

    /// The controls of each channel in configuration space, by the path of the space.
    var controls: [String: [UInt32]] {
        Dictionary(uniqueKeysWithValues: channels.map { ($0.path, $0.monitor.controls) })
    }

    /// Sets every counter of the channels in configuration space to its last value before zero.
    func presetNearWrap() { for channel in channels { channel.monitor.presetNearWrap() } }
}
