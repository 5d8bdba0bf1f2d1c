import Measures
import Registers

/// Accesses and misses of AMD's last-level caches. Each core complex has a cache with counters of its own, which any of its
/// CPUs reaches; a socket's caches are summed. What a single core missed cannot be told.
struct AMDCacheSource: CounterSource {
    private static let quantities = QuantitySet([.domainL3Misses, .domainL3References])
    /// Event i on counter i.
    private static let events: [(quantity: Quantity, event: ZenCacheEvent, detail: String)] = [
        (.domainL3Misses, .misses, "l3_lookup_state.l3_miss (04/01)"),
        (.domainL3References, .accesses, "l3_lookup_state.all_coherent_accesses_to_l3 (04/FF)"),
    ]

    let name = "l3"
    private(set) var revision = 0
    private(set) var failedReads = 0
    private(set) var reads = 0

    private let layout: FrameLayout
    private let access: RegisterAccess
    private var sockets: [UncoreClaim] = []
    /// Why a socket's caches cannot be counted, whoever asks.
    private var absences: [Int: String] = [:]
    private var readsSinceVerification = 0

    /// Finds the caches of every socket; nothing is opened or written before `claim`.
    init(layout: FrameLayout, processor: ProcessorDescription, sysfs: String, access: RegisterAccess) {
        self.layout = layout
        self.access = access
        guard let generation = processor.generation, generation.vendor == .amd else { return }
        let caches = LastLevelCaches(topology: layout.topology, sysfs: sysfs).caches
        let programme = CounterProgramme(
            settings: Self.events.enumerated().map { index, entry in
                ControlSetting(.zenCacheControl(index), value: entry.event.encoding(generation))
            })
        let controls = UncoreClaim.Controls(
            registers: (0..<ZenCacheEvent.counters).map { .zenCacheControl($0) }, enable: ZenCacheEvent.enable)
        for package in layout.topology.packages {
            guard let row = layout.row(ofPackage: package) else { continue }
            let readers = caches.filter { $0.package == package }.compactMap(\.cpus.first)
            if let capabilities = processor.common, capabilities.zen?.hasCacheCounters != true {
                absences[row] = "the last-level caches have no counters (CPUID 80000001H:ECX bit 28 is 0)"
            } else if readers.isEmpty {
                absences[row] = "no last-level cache of the socket is listed below \(sysfs)/devices/system/cpu"
            } else {
                sockets.append(
                    UncoreClaim(
                        row: row, purpose: "l3",
                        stations: readers.map { UncoreClaim.Station(cpu: $0, programme: programme) }, controls: controls))
            }
        }
    }

    // MARK: Claiming

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {
        for index in sockets.indices {
            let isWanted = !demand[sockets[index].row].isDisjoint(with: Self.quantities)
            if sockets[index].update(isWanted: isWanted, access, now: now) { revision += 1 }
        }
    }

    var retryAt: MonotonicInstant? { sockets.compactMap(\.retryAt).min() }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard let entry = Self.events.first(where: { $0.quantity == quantity }) else { return nil }
        if let absence = absences[row] { return .unavailable(reason: absence) }
        guard let socket = sockets.first(where: { $0.row == row }) else { return nil }
        if let reason = socket.reason { return .unavailable(reason: reason) }
        let count = socket.stations.count
        return .available(
            CounterKind(width: .bits48, detail: "\(entry.detail), \(count) cache\(count == 1 ? "" : "s")"))
    }

    // MARK: Reading

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        guard !due.isDisjoint(with: Self.quantities) else { return }
        readsSinceVerification += 1
        let isVerifying = readsSinceVerification >= MSRSource.readsPerVerification
        if isVerifying { readsSinceVerification = 0 }
        for index in sockets.indices {
            guard case .claimed(let claims) = sockets[index].state else { continue }
            if isVerifying, !sockets[index].isIntact {
                giveUp(index, "somebody else reprogrammed the cache's counters", now: frame.takenAt)
                continue
            }
            for (counter, entry) in Self.events.enumerated() where due.contains(entry.quantity) {
                reads += claims.count
                do throws(RegisterError) {
                    frame[sockets[index].row, entry.quantity] = try Self.sum(claims, .zenCacheCounter(counter))
                } catch {
                    failedReads += 1
                    giveUp(index, "\(error)", now: frame.takenAt)
                    frame[sockets[index].row, .domainL3Misses] = nil
                    break
                }
            }
        }
    }

    /// Modulo 2^48.
    private static func sum(_ claims: [RegisterClaim], _ counter: RegisterAddress) throws(RegisterError) -> UInt64 {
        var sum: UInt64 = 0
        for claim in claims { sum &+= try claim.registers.read(counter) }
        return sum & CounterWidth.bits48.mask
    }

    private mutating func giveUp(_ index: Int, _ reason: String, now: MonotonicInstant) {
        sockets[index].giveUp(reason, now: now)
        revision += 1
    }

    mutating func close() {
        for index in sockets.indices { sockets[index].close() }
        revision += 1
    }
}
