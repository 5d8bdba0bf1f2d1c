import Measures
import Registers

/// Memory traffic of each socket through the monitors of its memory channels in PCI configuration space.
struct MemoryControllerSource: CounterSource {
    private struct Socket {
        let row: Int
        let paths: [String]
        var state: State
    }

    /// Whether a socket's channels count for this source.
    private enum State {
        case claimed([MemoryChannel])
        /// They do not; claiming is tried again at `retryAt`.
        case refused(retryAt: MonotonicInstant)
    }

    let name = "pci"
    private(set) var revision = 0
    private(set) var failedReads = 0
    /// Channels behind each socket row, for the plausibility gate.
    private(set) var channelCounts: [Int: Int] = [:]

    private let layout: FrameLayout
    private let generation: ProcessorGeneration?
    private var sockets: [Socket] = []
    private var reasons: [Int: String] = [:]
    private var readsSinceVerification = 0

    /// Finds and claims the memory channels of every socket. A socket with a channel that cannot be claimed has no
    /// value: a sum without it would be too low.
    init(layout: FrameLayout, generation: ProcessorGeneration?, sysfs: String, now: MonotonicInstant) {
        self.layout = layout
        self.generation = generation
        let scan = MemoryControllerScan(sysfs: sysfs, topology: layout.topology)
        let found = generation.map { scan.find($0) } ?? []
        for package in layout.topology.packages {
            guard let row = layout.row(ofPackage: package) else { continue }
            let paths = found.filter { $0.package == package }.map(\.path)
            if paths.isEmpty {
                reasons[row] = Self.absence(generation, sysfs)
            } else {
                channelCounts[row] = paths.count
                sockets.append(Socket(row: row, paths: paths, state: .refused(retryAt: now)))
            }
        }
        for index in sockets.indices { claim(index, now: now) }
    }

    private static func absence(_ generation: ProcessorGeneration?, _ sysfs: String) -> String {
        guard let generation else { return "the memory counters of this processor are not known" }
        return MemoryControllerPMON.channels(of: generation).isEmpty
            ? "\(generation.rawValue) has its memory counters outside PCI configuration space"
            : "no memory controller is listed in \(sysfs)/bus/pci/devices (guests have none)"
    }

    private mutating func claim(_ index: Int, now: MonotonicInstant) {
        guard let generation else { return }
        var channels: [MemoryChannel] = []
        do {
            let spaces = try sockets[index].paths.map { path throws(RegisterError) in
                try FileConfigurationSpace(path: path)
            }
            for (space, path) in zip(spaces, sockets[index].paths) where try MemoryChannel.isInUse(space) {
                refuse(index, now: now, "the memory counters are in use: \(path) counts for somebody else")
                return
            }
            for space in spaces { channels.append(try MemoryChannel(claiming: space, generation: generation)) }
            sockets[index].state = .claimed(channels)
            reasons[sockets[index].row] = nil
            revision += 1
        } catch {
            for channel in channels { channel.release() }
            refuse(index, now: now, "\(error); CAP_SYS_ADMIN is needed behind the first 64 bytes")
        }
    }

    private mutating func refuse(_ index: Int, now: MonotonicInstant, _ reason: String) {
        reasons[sockets[index].row] = reason
        sockets[index].state = .refused(retryAt: now.advanced(byNanoseconds: MSRSource.retryNanoseconds))
        revision += 1
    }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard quantity == .readBursts || quantity == .writeBursts, row >= layout.topology.cpus.count else { return nil }
        if let reason = reasons[row] { return .unavailable(reason: reason) }
        let event = quantity == .readBursts ? "cas_count_read (04/03)" : "cas_count_write (04/0C)"
        return .available(detail: "\(event), \(channelCounts[row] ?? 0) channels")
    }

    mutating func read(into frame: inout CounterFrame) {
        readsSinceVerification += 1
        let isVerifying = readsSinceVerification >= MSRSource.readsPerVerification
        if isVerifying { readsSinceVerification = 0 }
        for index in sockets.indices {
            switch sockets[index].state {
            case .refused(let retryAt):
                if frame.takenAt >= retryAt { claim(index, now: frame.takenAt) }
            case .claimed(let channels):
                if isVerifying, !channels.allSatisfy({ $0.isIntact() }) {
                    giveUp(index, channels, frame.takenAt, "somebody else reprogrammed the memory counters")
                    continue
                }
                do {
                    let (reads, writes) = try Self.sum(channels)
                    frame[sockets[index].row, .readBursts] = reads
                    frame[sockets[index].row, .writeBursts] = writes
                } catch {
                    failedReads += 1
                    giveUp(index, channels, frame.takenAt, "\(error)")
                }
            }
        }
    }

    private mutating func giveUp(_ index: Int, _ channels: [MemoryChannel], _ now: MonotonicInstant, _ reason: String) {
        for channel in channels { channel.release() }
        refuse(index, now: now, reason)
    }

    private static func sum(_ channels: [MemoryChannel]) throws(RegisterError) -> (reads: UInt64, writes: UInt64) {
        var reads: UInt64 = 0
        var writes: UInt64 = 0
        for channel in channels {
            let counts = try channel.read()
            reads &+= counts.reads
            writes &+= counts.writes
        }
        let mask = Quantity.readBursts.width.mask
        return (reads & mask, writes & mask)
    }

    mutating func close() {
        for socket in sockets {
            if case .claimed(let channels) = socket.state {
                for channel in channels { channel.release() }
            }
            reasons[socket.row] = "the counters were given back"
        }
        sockets = []
        revision += 1
    }
}
