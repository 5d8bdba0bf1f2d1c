import Measures
import Registers

/// Whether a source has a quantity for a row.
enum Availability: Hashable, Sendable {
    /// It has, and this is how its counter is to be understood.
    case available(CounterKind)
    /// It has not, and why.
    case unavailable(reason: String)
}

/// How the counter behind a quantity is to be understood.
struct CounterKind: Hashable, Sendable {
    /// Where it wraps.
    var width: CounterWidth
    /// What one count stands for: bytes, joules, seconds or degrees; 1 where counts are the measure.
    var unit = 1.0
    /// The event where several could stand behind the quantity, or what else must be known to compare the value.
    var detail: String?
    /// Whether the value rests on an assumption that may not hold, whatever is computed from it.
    var isEstimate = false
    /// Whether it counts from when it was claimed, whatever it counts: nothing is wrong with a 0 then.
    var countsSinceClaimed = false
}

/// Which quantities are wanted of a source, by row: those that no source before it has.
struct CounterDemand: Hashable, Sendable {
    private(set) var rows: [QuantitySet]

    /// Everything that can be wanted for `layout`.
    init(everythingFor layout: FrameLayout) {
        let ofCPU = QuantitySet(Quantity.allCases.filter { !$0.isOfSocket })
        let ofSocket = QuantitySet(Quantity.allCases.filter { $0.isOfSocket || $0 == .timeStamp })
        rows = (0..<layout.rowCount).map { $0 < layout.topology.cpus.count ? ofCPU : ofSocket }
    }

    subscript(row: Int) -> QuantitySet { rows[row] }

    func contains(_ quantity: Quantity, row: Int) -> Bool { rows[row].contains(quantity) }

    /// Whether any row wants one of `quantities`.
    func isAnyWanted(of quantities: QuantitySet) -> Bool { rows.contains { !$0.isDisjoint(with: quantities) } }

    mutating func insert(_ quantities: QuantitySet, row: Int) { rows[row].formUnion(quantities) }

    mutating func remove(_ quantities: QuantitySet, row: Int) { rows[row].subtract(quantities) }

    /// The same without `quantities` in any row.
    func without(_ quantities: QuantitySet) -> CounterDemand {
        var rest = self
        for row in rest.rows.indices { rest.rows[row].subtract(quantities) }
        return rest
    }
}

/// One way to raw counters: the msr device, perf events, the memory controllers' registers, the kernel's accounting.
///
/// Sources are asked in the order of preference. Each is told what is wanted of it, which is what no earlier source
/// has, and programs and reads no more than that. A source that stops having a quantity, or could have one again,
/// raises its revision, and the choice is made anew.
protocol CounterSource {
    /// What columns give as their source.
    var name: String { get }
    /// Raised whenever `availability` may answer differently than before.
    var revision: Int { get }
    /// When counters that were refused are worth claiming again; nil when nothing was refused for a time.
    var retryAt: MonotonicInstant? { get }
    /// Tries to get what is wanted and gives back whatever was claimed earlier and is not wanted any more. May be
    /// called again at any time; what stays wanted goes on counting without a break.
    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant)
    /// Whether the source has `quantity` for `row` after `claim`; nil when it never could.
    func availability(of quantity: Quantity, row: Int) -> Availability?
    /// Fills in what is wanted of the source and due. A value that cannot be read is left absent; nothing is thrown.
    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame)
    /// Reads that failed so far.
    var failedReads: Int { get }
    /// Reads made so far: system calls, failed ones included.
    var reads: Int { get }
    /// Whether a CPU that the source reads has gone offline since it was opened.
    var hasLostCPU: Bool { get }
    /// Puts every control register back to what it held before this source wrote it. Safe to call again.
    mutating func close()
}

extension CounterSource {
    var retryAt: MonotonicInstant? { nil }
    var hasLostCPU: Bool { false }
}
