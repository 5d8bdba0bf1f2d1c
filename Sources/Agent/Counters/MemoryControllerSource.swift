import Registers

/// Memory traffic of each socket through the monitors of its memory channels in PCI configuration space.
struct MemoryControllerSource: CounterSource {
    private struct Socket {
        let row: Int
        var channels: [MemoryChannel]
    }

    let name = "pci"
    private(set) var revision = 0
    private(set) var failedReads = 0
    /// Channels behind each socket row, for the plausibility gate.
    private(set) var channelCounts: [Int: Int] = [:]

    private let layout: FrameLayout
    private var sockets: [Socket] = []
    private var reasons: [Int: String] = [:]

    /// Finds and claims the memory channels of every socket. A socket with a channel that cannot be claimed has no
    /// value: a sum without it would be too low.
    init(layout: FrameLayout, generation: ProcessorGeneration?, sysfs: String) {
        self.layout = layout
        let scan = MemoryControllerScan(sysfs: sysfs, topology: layout.topology)
        let found = generation.map { scan.find($0) } ?? []
        for package in layout.topology.packages {
            guard let row = layout.row(ofPackage: package) else { continue }
            let paths = found.filter { $0.package == package }.map(\.path)
            guard let generation, !paths.isEmpty else {
                reasons[row] = Self.absence(generation, sysfs)
                continue
            }
            claim(paths, row: row, generation)
        }
    }

    private static func absence(_ generation: ProcessorGeneration?, _ sysfs: String) -> String {
        guard let generation else { return "the memory counters of this processor are not known" }
        return MemoryControllerPMON.channels(of: generation).isEmpty
            ? "\(generation.rawValue) has its memory counters outside PCI configuration space"
            : "no memory controller is listed in \(sysfs)/bus/pci/devices (guests have none)"
    }

    private mutating func claim(_ paths: [String], row: Int, _ generation: ProcessorGeneration) {
        var channels: [MemoryChannel] = []
        do {
            let spaces = try paths.map { path throws(RegisterError) in try FileConfigurationSpace(path: path) }
            for (space, path) in zip(spaces, paths) where try MemoryChannel.isInUse(space) {
                reasons[row] = "the memory counters are in use: \(path) counts for somebody else"
                return
            }
            for space in spaces { channels.append(try MemoryChannel(claiming: space, generation: generation)) }
            sockets.append(Socket(row: row, channels: channels))
            channelCounts[row] = channels.count
        } catch {
            for channel in channels { channel.release() }
            reasons[row] = "\(error); CAP_SYS_ADMIN is needed behind the first 64 bytes"
        }
    }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard quantity == .readBursts || quantity == .writeBursts, row >= layout.topology.cpus.count else { return nil }
        if let reason = reasons[row] { return .unavailable(reason: reason) }
        let event = quantity == .readBursts ? "cas_count_read (04/03)" : "cas_count_write (04/0C)"
        return .available(detail: "\(event), \(channelCounts[row] ?? 0) channels")
    }

    mutating func read(into frame: inout CounterFrame) {
        for index in sockets.indices {
            let row = sockets[index].row
            var reads: UInt64 = 0
            var writes: UInt64 = 0
            do {
                for channel in sockets[index].channels {
                    let counts = try channel.read()
                    reads &+= counts.reads
                    writes &+= counts.writes
                }
                frame[row, .readBursts] = reads & Quantity.readBursts.width.mask
                frame[row, .writeBursts] = writes & Quantity.writeBursts.width.mask
            } catch {
                failedReads += 1
                revision += 1
                reasons[row] = "\(error)"
                for channel in sockets[index].channels { channel.release() }
                sockets[index].channels = []
            }
        }
        sockets.removeAll { $0.channels.isEmpty }
    }

    mutating func close() {
        for socket in sockets {
            for channel in socket.channels { channel.release() }
            reasons[socket.row] = "the counters were given back"
        }
        sockets = []
        revision += 1
    }
}
