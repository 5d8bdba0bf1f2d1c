import KernelFiles
import Measures
import Registers

/// Traffic behind the last-level caches as the kernel's resource control monitors it, where that is mounted.
///
/// The kernel keeps 64-bit sums of hardware counters that wrap within a second. Reads and writes come together; whether
/// write-backs are contained depends on the processor.
struct ResourceControlSource: CounterSource {
    /// What one socket's caches did in one respect, over all groups that there are and were.
    private struct Sum {
        var bytes: UInt64 = 0
        /// Files that are read for it.
        var files = 0
        /// Readings in turn that had no value, and why the last one had none.
        var gaps = 0
        var gap: String?
    }

    private static let quantities = QuantitySet([.l3ExternalBytes, .l3LocalBytes])
    private static let scanNanoseconds: UInt64 = 1_000_000_000
    /// Readings in turn without a value after which the quantity is given up for a time.
    static let toleratedGaps = 10

    let name = "resctrl"
    private(set) var revision = 0
    private(set) var failedReads = 0
    private(set) var reads = 0
    private(set) var retryAt: MonotonicInstant?

    private let layout: FrameLayout
    private let tree: ResourceControlTree
    private let caches: LastLevelCaches
    private var groups: [ResourceControlGroup] = []
    private var sums: [Sum]
    /// Why nothing can be read; nil while something can.
    private var absence: String?
    private var isOpen = false
    private var lastScan = MonotonicInstant(nanoseconds: 0)
    /// The folders that hold groups, and what they looked like at the last scan.
    private var holders: [String] = []
    private var population: UInt64 = 0

    init(layout: FrameLayout, sysfs: String) {
        self.layout = layout
        tree = ResourceControlTree(root: "\(sysfs)/fs/resctrl")
        caches = LastLevelCaches(topology: layout.topology, sysfs: sysfs)
        sums = Array(repeating: Sum(), count: layout.rowCount * 2)
        absence = tree.absence
    }

    // MARK: Claiming

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {
        guard demand.isAnyWanted(of: Self.quantities) else {
            close()
            return
        }
        if isOpen, retryAt.map({ now < $0 }) ?? true { return }
        retryAt = nil
        groups = []
        for index in sums.indices { sums[index].gaps = 0 }
        isOpen = true
        scan(now)
    }

    /// Tries again after a while: others mount resource control and make groups.
    private mutating func giveUp(_ now: MonotonicInstant) {
        retryAt = tree.isSupported ? now.advanced(byNanoseconds: MSRSource.retryNanoseconds) : nil
        revision += 1
    }

    /// Looks which groups there are: new ones start from what they hold, of those that are gone what they had counted
    /// stays counted.
    private mutating func scan(_ now: MonotonicInstant) {
        lastScan = now
        let (listed, reason) = listing()
        if reason != nil { giveUp(now) }
        absence = reason
        holders = tree.holders(of: listed)
        population = ResourceControlTree.population(holders)
        let known = Dictionary(uniqueKeysWithValues: groups.map { ($0.folder, $0) })
        let inodes = Set(groups.lazy.flatMap(\.memberInodes))
        groups = listed.map { listing in
            var group = known[listing.control] ?? ResourceControlGroup(listing.control) { cache in row(ofCache: cache) }
            group.follow(listing.monitoring, strangers: inodes)
            return group
        }
        for index in sums.indices { sums[index].files = 0 }
        for counter in groups.lazy.flatMap(\.counters) { sums[Self.index(counter)].files += 1 }
    }

    private func listing() -> (groups: [ResourceControlTree.Listing], absence: String?) {
        if let absence = tree.absence { return ([], absence) }
        guard let groups = tree.groups() else {
            return ([], "there are more than \(ResourceControlTree.mostGroups) groups below \(tree.root)")
        }
        return (groups, nil)
    }

    /// The socket row of a cache; the only one there is where the kernel numbers no caches.
    private func row(ofCache identifier: Int) -> Int? {
        let only = layout.topology.packages.count == 1 ? layout.topology.packages.first : nil
        return (caches.package(ofCache: identifier) ?? only).flatMap { layout.row(ofPackage: $0) }
    }

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        guard let event = ResourceControlGroup.Event.allCases.first(where: { $0.quantity == quantity }),
            row >= layout.topology.cpus.count
        else { return nil }
        if let absence { return .unavailable(reason: absence) }
        let sum = sums[Self.index(event, row)]
        if sum.gaps >= Self.toleratedGaps, let gap = sum.gap { return .unavailable(reason: gap) }
        guard sum.files > 0 else {
            let isMonitored = sums.indices.contains { $0 / 2 == row && sums[$0].files > 0 }
            return .unavailable(
                reason: isMonitored
                    ? "the processor does not count \(event.rawValue)"
                    : "no cache below \(tree.root)/mon_data belongs to this socket")
        }
        return .available(CounterKind(width: .bits64, detail: detail(event)))
    }

    /// The event, and what it was told to count where that is not the usual: AMD lets the operator choose (resctrl.rst,
    /// "mbm_total_bytes_config").
    private func detail(_ event: ResourceControlGroup.Event) -> String {
        let usual = event == .total ? 0x7F : 0x15
        let text = KernelText.contents("\(tree.root)/info/L3_MON/\(event.rawValue)_config") ?? ""
        let chosen = text.split(separator: ";").compactMap { part in
            part.split(separator: "=").last.flatMap { $0.hasPrefix("0x") ? Int($0.dropFirst(2), radix: 16) : nil }
        }
        guard let other = chosen.first(where: { $0 != usual }) else { return event.rawValue }
        return "\(event.rawValue), configured as 0x\(String(other, radix: 16))"
    }

    // MARK: Reading

    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {
        guard isOpen, !due.isDisjoint(with: Self.quantities) else { return }
        let isScanned =
            frame.takenAt.nanoseconds(since: lastScan) >= Self.scanNanoseconds
            || ResourceControlTree.population(holders) != population
        if isScanned { scan(frame.takenAt) }
        var gaps = advance(due, isFinal: isScanned)
        if !gaps.isEmpty, !isScanned {
            // A group that came or went explains most of them.
            scan(frame.takenAt)
            gaps = advance(due, isFinal: true)
        }
        publish(due, gaps, into: &frame)
    }

    /// Adds what every counter has counted since the last time; what has no value is returned, with the reason.
    private mutating func advance(_ due: QuantitySet, isFinal: Bool) -> [Int: String] {
        var gaps: [Int: String] = [:]
        for group in groups.indices {
            for counter in groups[group].counters.indices {
                guard due.contains(groups[group].counters[counter].event.quantity) else { continue }
                let index = Self.index(groups[group].counters[counter])
                reads += 1
                let gap: String
                switch groups[group].read(counter, isFinal: isFinal) {
                case .bytes(let bytes):
                    sums[index].bytes &+= bytes
                    continue
                case .word(let word): gap = "says \"\(word)\""
                case .fallen: gap = "was set back"
                case .gone:
                    failedReads += 1
                    gap = "cannot be read"
                }
                gaps[index] = "\(groups[group].folder.path)/\(groups[group].counters[counter].place) \(gap)"
            }
        }
        return gaps
    }

    private mutating func publish(_ due: QuantitySet, _ gaps: [Int: String], into frame: inout CounterFrame) {
        for row in layout.topology.cpus.count..<layout.rowCount {
            for event in ResourceControlGroup.Event.allCases where due.contains(event.quantity) {
                let index = Self.index(event, row)
                guard sums[index].files > 0 else { continue }
                if let gap = gaps[index] {
                    sums[index].gaps += 1
                    sums[index].gap = gap
                    if sums[index].gaps == Self.toleratedGaps { giveUp(frame.takenAt) }
                } else {
                    sums[index].gaps = 0
                    frame[row, event.quantity] = sums[index].bytes
                }
            }
        }
    }

    private static func index(_ event: ResourceControlGroup.Event, _ row: Int) -> Int { row * 2 + (event == .total ? 0 : 1) }

    private static func index(_ counter: ResourceControlGroup.Counter) -> Int { index(counter.event, counter.row) }

    mutating func close() {
        groups = []
        isOpen = false
        retryAt = nil
    }
}
