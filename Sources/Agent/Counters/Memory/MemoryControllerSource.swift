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
        /// Nobody asked for them.
        case unwanted
        case claimed([MemoryChannel])
        /// They do not; claiming is worth another try at `retryAt`, never where that is nil.
        case refused(retryAt: MonotonicInstant?)
    }

    private static let quantities = QuantitySet([.memoryReads, .memoryWrites])

    let name = "pci"
    private(set) var revision = 0
    private(set) var failedReads = 0
    private(set) var reads = 0
    /// Channels behind each socket row, for the plausibility gate.
    private(set) var channelCounts: [Int: Int] = [:]

    private let layout: FrameLayout
    private let generation: ProcessorGeneration?
    private let isReadOnly: Bool
    private let ledger: ClaimLedger
    private var sockets: [Socket] = []
    private var reasons: [Int: String] = [:]
    private var readsSinceVerification = 0

    /// Finds the memory channels of every socket. A socket with a channel that cannot be claimed has no value: a sum
    /// without it would be too low. Nothing is written before `claim`, and nothing at all when `isReadOnly`.
    init(
        layout: FrameLayout, generation: ProcessorGeneration?, sysfs: String, isReadOnly: Bool = false,
        ledger: ClaimLedger
    ) {
        self.layout = layout
        self.generation = generation
        self.isReadOnly = isReadOnly
        self.ledger = ledger
        let scan = MemoryControllerScan(sysfs: sysfs, topology: layout.topology)
        let found = generation.map { scan.find($0) } ?? []
        for package in layout.topology.packages {
            guard let row = layout.row(ofPackage: package) else { continue }
            let paths = found.filter { $0.package == package }.map(\.path)
            if paths.isEmpty {
                reasons[row] = Self.absence(generation, sysfs)
            } else {
                channelCounts[row] = paths.count
                sockets.append(Socket(row: row, paths: paths, state: .unwanted))
            }
        }
    }

    private static func absence(_ generation: ProcessorGeneration?, _ sysfs: String) -> String {
        guard let generation else { return "the memory counters of this processor are not known" }
        return MemoryControllerPMON.channels(of: generation).isEmpty
            ? "\(generation.rawValue) has its memory counters outside PCI configuration space"
            : "no memory controller is listed in \(sysfs)/bus/pci/devices (guests have none)"
    }

    // MARK: Claiming

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {
        for index in sockets.indices {
            let isWanted = !demand[sockets[index].row].isDisjoint(with: Self.quantities)
            switch sockets[index].state {
            case .claimed where isWanted: break
            case .claimed(let channels):
                for channel in channels { channel.release() }
                sockets[index].state = .unwanted
            case .refused(let retryAt) where retryAt.map { now < $0 } ?? true: break
            case .unwanted, .refused:
                if isWanted { claim(index, now: now) }
            }
        }
    }

    var retryAt: MonotonicInstant? {
        sockets.compactMap { if case .refused(let instant) = $0.state { instant } else { nil } }.min()
    }

    private mutating func claim(_ index: Int, now: MonotonicInstant) {
        guard let generation else { return }
        if isReadOnly {
            refuse(index, retryAt: nil, "no register is written in read-only mode, and memory counters have to be programmed")
            return
        }
        let retryAt = now.advanced(byNanoseconds: MSRSource.retryNanoseconds)
        var started: [MemoryChannel] = []
        do {
            var channels: [MemoryChannel] = []
            for path in sockets[index].paths {
                let space = try FileConfigurationSpace(path: path)
                // What an earlier claim could not put back would look like a stranger's.
                if let left = ledger.claim(ofChannel: path) { MemoryChannel(left: left, in: space).release() }
                if try MemoryChannel.isInUse(space) {
                    refuse(index, retryAt: retryAt, "the memory counters are in use: \(path) counts for somebody else")
                    return
                }
                channels.append(try MemoryChannel(surveying: space))
            }
            ledger.note(Dictionary(uniqueKeysWithValues: zip(sockets[index].paths, channels.map(\.saved))))
            for channel in channels {
                try channel.start(generation)
                started.append(channel)
            }
            sockets[index].state = .claimed(channels)
            reasons[sockets[index].row] = nil
            revision += 1
        } catch {
            for channel in started { channel.release() }
            refuse(index, retryAt: retryAt, "\(error); CAP_SYS_ADMIN is needed behind the first 64 bytes")
        }
    }

    private mutating func refuse(_ index: Int, retryAt: MonotonicInstant?, _ reason: String) {
        reasons[sockets[index].row] = reason
        sockets[index].state = .refused(retryAt: retryAt)
        revision += 1
    }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard Self.quantities.contains(quantity), row >= layout.topology.cpus.count else { return nil }
        if let reason = reasons[row] { return .unavailable(reason: reason) }
        let event = quantity == .memoryReads ? "cas_count_read (04/03)" : "cas_count_write (04/0C)"
        return .available(
            CounterKind(
                width: .bits48, unit: Double(MemoryControllerPMON.bytesPerBurst),
                detail: "\(event), \(channelCounts[row] ?? 0) channels"))
    }

    // MARK: Reading

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        guard !due.isDisjoint(with: Self.quantities) else { return }
        readsSinceVerification += 1
        let isVerifying = readsSinceVerification >= MSRSource.readsPerVerification
        if isVerifying { readsSinceVerification = 0 }
        for index in sockets.indices {
            guard case .claimed(let channels) = sockets[index].state else { continue }
            if isVerifying, !channels.allSatisfy({ $0.isIntact() }) {
                giveUp(index, channels, frame.takenAt, "somebody else reprogrammed the memory counters")
                continue
            }
            reads += 2 * channels.count
            do {
                let (read, written) = try Self.sum(channels)
                frame[sockets[index].row, .memoryReads] = read
                frame[sockets[index].row, .memoryWrites] = written
            } catch {
                failedReads += 1
                giveUp(index, channels, frame.takenAt, "\(error)")
            }
        }
    }

    private mutating func giveUp(_ index: Int, _ channels: [MemoryChannel], _ now: MonotonicInstant, _ reason: String) {
        for channel in channels { channel.release() }
        refuse(index, retryAt: now.advanced(byNanoseconds: MSRSource.retryNanoseconds), reason)
    }

    private static func sum(_ channels: [MemoryChannel]) throws(RegisterError) -> (reads: UInt64, writes: UInt64) {
        var reads: UInt64 = 0
        var writes: UInt64 = 0
        for channel in channels {
            let counts = try channel.read()
            reads &+= counts.reads
            writes &+= counts.writes
        }
        let mask = CounterWidth.bits48.mask
        return (reads & mask, writes & mask)
    }

    mutating func close() {
        for index in sockets.indices {
            if case .claimed(let channels) = sockets[index].state {
                for channel in channels { channel.release() }
            }
            refuse(index, retryAt: nil, "the counters were given back")
        }
    }
}
