import Measures

/// Memory traffic of each socket through the kernel's units for memory controllers.
struct PerfMemorySource: CounterSource {
    private static let quantities = QuantitySet([.memoryReads, .memoryWrites])

    let name = "perf"
    private(set) var failedReads = 0
    private(set) var reads = 0

    private let layout: FrameLayout
    private let door: any PerfDoor
    private let privilege: PerfPrivilege
    private let folder: String
    /// The ways to count that the units offer, the best first.
    private let ways: [PerfMemoryEvents]
    /// The way that was tried last, of which no other is open beside it: they count the same traffic.
    private var way = 0
    private var sums: [PerfSum] = []
    private var revisionBefore = 0
    private var words = [UInt64](repeating: 0, count: PerfCounts.words(members: 1))

    /// Finds the kernel's units below `sysfs`. Nothing is opened before `claim`.
    init(layout: FrameLayout, roots: KernelRoots, door: any PerfDoor = KernelPerfDoor()) {
        self.layout = layout
        self.door = door
        privilege = PerfPrivilege(proc: roots.proc)
        folder = PerfPMU.folder(sysfs: roots.sysfs)
        ways = PerfMemoryEvents.ways(PerfPMU.discover(sysfs: roots.sysfs))
        if let first = ways.first { sums = sums(of: first) }
    }

    private func sums(of way: PerfMemoryEvents) -> [PerfSum] {
        layout.topology.packages.compactMap { package in
            guard let row = layout.row(ofPackage: package) else { return nil }
            let cpus = Set(layout.topology.cpus.filter { $0.package == package }.map(\.number))
            let parts = way.channels.flatMap { channel in
                channel.readers.filter(cpus.contains).flatMap { Self.parts(of: channel, way, reader: $0) }
            }
            return parts.isEmpty ? nil : PerfSum(rows: [row], parts: parts, privilege: privilege)
        }
    }

    /// Each event by itself, so that one which has no counter at a time does not keep the others from theirs.
    private static func parts(
        of channel: PerfMemoryEvents.Channel, _ way: PerfMemoryEvents, reader: Int
    ) -> [(cpu: Int, requests: [PerfRequest])] {
        let events = channel.reads.map { (Quantity.memoryReads, $0) } + channel.writes.map { (.memoryWrites, $0) }
        return events.map { quantity, code in
            let request = PerfRequest(
                quantity: quantity, code: code, name: "\(channel.unit)/config=0x\(String(code.config, radix: 16))/",
                detail: "\(way.name); \(way.channels.count) units", unit: Double(way.bytesPerCount))
            return (reader, [request])
        }
    }

    /// Memory channels behind each socket row, for the plausibility gate; none where a unit counts several at once.
    var channelCounts: [Int: Int] {
        guard ways.indices.contains(way), ways[way].isPerChannel else { return [:] }
        let count = ways[way].channels.count
        return Dictionary(uniqueKeysWithValues: sums.flatMap(\.rows).map { ($0, count) })
    }

    var revision: Int { sums.reduce(revisionBefore) { $0 + $1.revision } }
    var retryAt: MonotonicInstant? { sums.compactMap(\.retryAt).min() }

    // MARK: Claiming

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {
        if let retryAt, now >= retryAt, isRefused(demand) { turn(to: 0) }
        claimSums(demand, now)
        while isRefused(demand), way + 1 < ways.count {
            turn(to: way + 1)
            claimSums(demand, now)
        }
    }

    private mutating func turn(to next: Int) {
        for index in sums.indices { sums[index].close() }
        revisionBefore += sums.reduce(1) { $0 + $1.revision }
        way = next
        sums = sums(of: ways[next])
    }

    private mutating func claimSums(_ demand: CounterDemand, _ now: MonotonicInstant) {
        for index in sums.indices { sums[index].claim(demand, door: door, now: now, reading: &words) }
    }

    /// Whether a socket does not get what is wanted of it by the present way.
    private func isRefused(_ demand: CounterDemand) -> Bool {
        sums.contains { sum in
            sum.rows.contains { row in
                [Quantity.memoryReads, .memoryWrites].contains { quantity in
                    guard demand.contains(quantity, row: row) else { return false }
                    if case .unavailable = sum.availability(of: quantity) { return true }
                    return false
                }
            }
        }
    }

    // MARK: Reading

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        guard !due.isDisjoint(with: Self.quantities) else { return }
        for index in sums.indices {
            let (count, losses) = sums[index].read(due, into: &frame, reading: &words)
            reads += count
            failedReads += losses.count
        }
    }

    mutating func close() {
        for index in sums.indices { sums[index].close() }
    }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard Self.quantities.contains(quantity), row >= layout.topology.cpus.count else { return nil }
        guard !ways.isEmpty else {
            return .unavailable(reason: "\(folder) has no unit for the memory controllers (guests have none)")
        }
        guard let sum = sums.first(where: { $0.rows.contains(row) }) else {
            return .unavailable(reason: "\(ways[way].name) has no reader in this socket")
        }
        return sum.availability(of: quantity)
    }
}
