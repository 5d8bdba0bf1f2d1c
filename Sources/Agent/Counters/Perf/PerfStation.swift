import Measures
import Registers

/// The events of one CPU, counted by one group after another as what is wanted changes. Totals go on from group to
/// group.
struct PerfStation {
    /// What came of reading the station.
    enum Reading: Hashable, Sendable {
        /// The totals are up to date.
        case counted
        /// They are not: nothing was counted, or not all of what was wanted can be told.
        case absent
        /// Others have held the counters for so long that the group will not get them as it is.
        case starved
        /// The group will not count any more.
        case lost(PerfLoss)
    }

    /// For how long a group that shares its counters is called an estimate after it last had to, so that its columns
    /// do not change with every sample.
    static let estimateNanoseconds: UInt64 = 30_000_000_000
    /// How long after a refusal that may pass another try is worth while.
    static let retryNanoseconds: UInt64 = 30_000_000_000
    /// For how long a group waits for its counters. The kernel takes turns every few milliseconds
    /// (perf_event_mux_interval_ms), so one that has not had its turn by then does not fit beside what others pinned.
    static let starvationNanoseconds: UInt64 = 250_000_000

    let cpu: Int
    /// What is wanted, most wanted first.
    private(set) var requests: [PerfRequest] = []
    /// When asking again may give more; nil where nothing was refused for a time.
    private(set) var retryAt: MonotonicInstant?
    /// Raised whenever `availability` may answer differently than before.
    private(set) var revision = 0
    /// What the open group counts, in its order; nothing without a group.
    private(set) var quantities: [Quantity] = []

    private let privilege: PerfPrivilege
    private var group: PerfGroup?
    private var refusal: String?
    /// Why an event is not in the group while others are.
    private var denials: [Quantity: String] = [:]
    /// False while counters that were all taken have not been seen to count again.
    private(set) var isProven = true
    private var idleSince: MonotonicInstant?
    private var estimateUntil: MonotonicInstant?
    /// By quantity: what earlier groups counted.
    private var carried = [UInt64](repeating: 0, count: Quantity.allCases.count)

    init(cpu: Int, privilege: PerfPrivilege) {
        self.cpu = cpu
        self.privilege = privilege
    }

    // MARK: Opening

    /// Whether a group has to be opened, or closed, for `requests`: they differ from those before, or may be had by
    /// now.
    func isDue(_ requests: [PerfRequest], now: MonotonicInstant) -> Bool {
        requests != self.requests || retryAt.map { now >= $0 } ?? false
    }

    /// Closes the group for another with `requests`. What was counted so far is kept, and the few microseconds until
    /// the next group counts are lost to all its members alike. Opening the next one first would make the two take
    /// turns.
    mutating func clear(for requests: [PerfRequest], reading words: inout [UInt64]) {
        if group != nil {
            // A last reading that fails changes nothing: what it would have added is lost.
            _ = group?.read(into: &words)
            keepTotals()
            group?.close()
        }
        group = nil
        quantities = []
        self.requests = requests
        refusal = nil
        retryAt = nil
        denials = [:]
        idleSince = nil
        revision += 1
    }

    /// What to open a group for: the station's requests, but no more than one that takes a counter while all of them
    /// were taken, lest the others wait for it in vain.
    var attempt: [PerfRequest] {
        guard !isProven, let first = requests.first(where: \.takesCounter) else { return requests }
        return requests.filter { !$0.takesCounter || $0 == first }
    }

    /// Takes over a group that was opened for the station's attempt.
    mutating func begin(_ group: PerfGroup, now: MonotonicInstant) {
        self.group = group
        quantities = group.members.map(\.quantity)
        for omission in group.omissions { denials[omission.request.quantity] = omission.refusal.sentence(privilege) }
        if group.omissions.contains(where: { $0.refusal.errno.mayPass }) { retry(after: now) }
        revision += 1
    }

    /// Notes that no group could be opened.
    mutating func refuse(_ refusal: PerfRefusal, now: MonotonicInstant) {
        self.refusal = refusal.sentence(privilege)
        if refusal.errno.mayPass { retry(after: now) }
        revision += 1
    }

    /// Opens a group for `requests`, alone.
    mutating func open(
        _ requests: [PerfRequest], door: any PerfDoor, now: MonotonicInstant, reading words: inout [UInt64]
    ) {
        clear(for: requests, reading: &words)
        if !attempt.isEmpty { open(attempt, door, now) }
    }

    private mutating func open(_ requests: [PerfRequest], _ door: any PerfDoor, _ now: MonotonicInstant) {
        do {
            begin(try PerfGroup(requests, cpu: cpu, door: door), now: now)
        } catch {
            refuse(error, now: now)
        }
    }

    /// Closes the group and counts no more.
    mutating func close() {
        group?.close()
        group = nil
        quantities = []
        retryAt = nil
        denials = [:]
        refusal = "the counters were given back"
        revision += 1
    }

    private mutating func retry(after now: MonotonicInstant) {
        retryAt = now.advanced(byNanoseconds: Self.retryNanoseconds)
    }

    private mutating func keepTotals() {
        for (index, quantity) in quantities.enumerated() { carried[Int(quantity.rawValue)] = total(at: index) }
    }

    // MARK: Starving

    /// Gives up the least wanted event that takes a counter, because the group does not get its counters otherwise.
    /// With the last of them, all counters count as taken, until another try finds them free.
    mutating func shed(door: any PerfDoor, now: MonotonicInstant) {
        guard let group, let given = group.members.last(where: \.takesCounter) else { return }
        keepTotals()
        group.close()
        self.group = nil
        quantities = []
        idleSince = nil
        denials[given.quantity] = "others' events hold the counter that it needs"
        revision += 1
        let kept = group.members.filter { $0 != given }
        isProven = kept.contains(where: \.takesCounter)
        if !kept.isEmpty { open(kept, door, now) }
        if !isProven { retry(after: now) }
    }

    private static let busy = "others' events hold all counters that the CPU has"

    // MARK: Reading

    /// Reads the group, if there is one.
    mutating func read(into words: inout [UInt64], now: MonotonicInstant) -> Reading {
        guard let reading = group?.read(into: &words) else { return .absent }
        switch reading {
        case .counted:
            isCounting(now: now, isEstimate: false)
            return .counted
        case .multiplexed:
            isCounting(now: now, isEstimate: true)
            return .counted
        case .notRunning:
            guard let idleSince else {
                idleSince = now
                return .absent
            }
            let isStarved = now.nanoseconds(since: idleSince) >= Self.starvationNanoseconds
            return isStarved && group?.members.contains(where: \.takesCounter) == true ? .starved : .absent
        case .setBack:
            return .absent
        case .lost(let loss):
            keepTotals()
            group?.close()
            group = nil
            quantities = []
            refusal = loss.reason
            retry(after: now)
            revision += 1
            return .lost(loss)
        }
    }

    private mutating func isCounting(now: MonotonicInstant, isEstimate: Bool) {
        idleSince = nil
        if !isProven, group?.members.contains(where: \.takesCounter) == true {
            isProven = true
            // The rest may be had now too.
            retryAt = now
            revision += 1
        }
        if isEstimate {
            if estimateUntil == nil { revision += 1 }
            estimateUntil = now.advanced(byNanoseconds: Self.estimateNanoseconds)
        } else if let until = estimateUntil, now >= until {
            estimateUntil = nil
            revision += 1
        }
    }

    /// What the group's member at `index` counted in all.
    func total(at index: Int) -> UInt64 { carried[Int(quantities[index].rawValue)] &+ (group?.totals[index] ?? 0) }

    // MARK: Availability

    /// Whether the station counts `quantity`; nil when that is not asked of it.
    func availability(of quantity: Quantity) -> Availability? {
        if let member = group?.members.first(where: { $0.quantity == quantity }) {
            guard isProven || !member.takesCounter else { return .unavailable(reason: Self.busy) }
            var kind = CounterKind(
                width: .bits64, unit: member.unit, detail: member.detail, countsSinceClaimed: true)
            if estimateUntil != nil {
                kind.isEstimate = true
                let remark = "counted part of the time, beside others' events"
                kind.detail = member.detail.map { "\($0); \(remark)" } ?? remark
            }
            return .available(kind)
        }
        guard let request = requests.first(where: { $0.quantity == quantity }) else { return nil }
        if request.takesCounter, !isProven { return .unavailable(reason: Self.busy) }
        return .unavailable(
            reason: denials[quantity] ?? refusal ?? "the process may not have enough files open for this event")
    }
}
