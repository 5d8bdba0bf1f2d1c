import Measures
import Registers

/// Which source supplies each quantity of each row, and how its counts are to be understood.
struct SourceSelection: Sendable {
    /// One quantity of one row.
    struct Supply: Hashable, Sendable {
        /// Index of the source in the order of preference.
        let source: Int
        let kind: CounterKind
        /// Whether the counter is only watched: it never moved, nobody else has the quantity, and it may yet come alive.
        let isWatched: Bool
    }

    /// Why a source that was asked before the one that supplies, or in vain, does not have a quantity.
    struct Denial: Hashable, Sendable {
        let source: String
        let reason: String
    }

    private let rowCount: Int
    private var supplies: [Supply?]
    private var denials: [Int: [Denial]] = [:]
    /// What each row can tell.
    private(set) var told: [QuantitySet]
    /// Sources that refused what nobody else supplies.
    private(set) var missed: Set<String> = []
    /// `kind` of each supply, apart, because every difference of every sample needs it.
    private var widths: [CounterWidth]
    private var units: [Double]
    /// What each source supplies or watches for some row.
    private var supplied: [QuantitySet]

    private init(rowCount: Int, sources: Int) {
        self.rowCount = rowCount
        supplies = Array(repeating: nil, count: rowCount * Self.quantities)
        told = Array(repeating: [], count: rowCount)
        widths = Array(repeating: .bits64, count: supplies.count)
        units = Array(repeating: 1, count: supplies.count)
        supplied = Array(repeating: [], count: sources)
    }

    /// Asks the sources in their order; each claims what is left for it. What never moved in a source is asked of the
    /// next ones, and watched where it was when they do not have it either.
    init(
        layout: FrameLayout, sources: inout [any CounterSource], liveness: Liveness, now: MonotonicInstant
    ) {
        self.init(rowCount: layout.rowCount, sources: sources.count)
        var left = CounterDemand(everythingFor: layout)
        var demands: [CounterDemand] = []
        for index in sources.indices {
            let dead = liveness.stuck(source: index).fakes
            demands.append(left.without(dead))
            sources[index].claim(demands[index], now: now)
            take(from: sources[index], index, of: left, dead: dead, liveness)
            for row in 0..<rowCount { left.remove(told[row], row: row) }
            if told.contains(where: { !$0.isDisjoint(with: .coreCounters) }) { left = left.without(.coreCounters) }
        }
        for index in sources.indices { watch(&sources[index], index, &demands[index], left, liveness, now) }
        for (index, denied) in denials where supplies[index] == nil { missed.formUnion(denied.map(\.source)) }
        for (index, supply) in supplies.enumerated() {
            guard let supply else { continue }
            widths[index] = supply.kind.width
            units[index] = supply.kind.unit
            if let quantity = Quantity(rawValue: UInt8(index % Self.quantities)) {
                supplied[supply.source].insert(quantity.bit)
            }
        }
    }

    private mutating func take(
        from source: any CounterSource, _ index: Int, of left: CounterDemand, dead: QuantitySet, _ liveness: Liveness
    ) {
        let stuck = liveness.stuck(source: index)
        for row in 0..<rowCount {
            for quantity in Quantity.allCases where left.contains(quantity, row: row) {
                if dead.contains(quantity) {
                    deny(row, quantity, source.name, Self.stuckReason)
                    continue
                }
                switch source.availability(of: quantity, row: row) {
                case .available(let kind)?:
                    if stuck.contains(quantity) {
                        deny(row, quantity, source.name, Self.stuckReason)
                        supplies[Self.index(row, quantity)] = Supply(source: index, kind: kind, isWatched: true)
                    } else {
                        supplies[Self.index(row, quantity)] = Supply(source: index, kind: kind, isWatched: false)
                        told[row].insert(quantity.bit)
                    }
                case .unavailable(let reason)?: deny(row, quantity, source.name, reason)
                case nil: break
                }
            }
        }
    }

    /// Lets a source go on reading what never moved and nobody supplies.
    private mutating func watch(
        _ source: inout any CounterSource, _ index: Int, _ demand: inout CounterDemand, _ left: CounterDemand,
        _ liveness: Liveness, _ now: MonotonicInstant
    ) {
        let dead = liveness.stuck(source: index).fakes.subtracting(.coreCounters)
        guard !dead.isEmpty, left.isAnyWanted(of: dead) else { return }
        for row in 0..<rowCount { demand.insert(left[row].intersection(dead), row: row) }
        source.claim(demand, now: now)
        for row in 0..<rowCount {
            for quantity in Quantity.allCases
            where dead.contains(quantity) && left.contains(quantity, row: row) && supply(of: quantity, row: row) == nil {
                guard case .available(let kind)? = source.availability(of: quantity, row: row) else { continue }
                supplies[Self.index(row, quantity)] = Supply(source: index, kind: kind, isWatched: true)
            }
        }
    }

    private mutating func deny(_ row: Int, _ quantity: Quantity, _ source: String, _ reason: String) {
        denials[Self.index(row, quantity), default: []].append(Denial(source: source, reason: reason))
    }

    /// Who supplies or watches `quantity` for `row`, nil when nobody does.
    func supply(of quantity: Quantity, row: Int) -> Supply? { supplies[Self.index(row, quantity)] }

    /// The quantities that the source of this index supplies or watches for some row.
    func quantities(of source: Int) -> QuantitySet { supplied[source] }

    /// The quantities that are only watched in some row.
    var watched: QuantitySet {
        QuantitySet(
            Quantity.allCases.filter { quantity in
                (0..<rowCount).contains { supply(of: quantity, row: $0)?.isWatched == true }
            })
    }

    /// Where the counter behind `quantity` of `row` wraps.
    @inline(__always)
    func width(of quantity: Quantity, row: Int) -> CounterWidth { widths[Self.index(row, quantity)] }

    /// What one count of `quantity` of `row` stands for.
    @inline(__always)
    func unit(of quantity: Quantity, row: Int) -> Double { units[Self.index(row, quantity)] }

    /// What the sources said that do not supply `quantity` for `row`, in the order of preference.
    func denials(of quantity: Quantity, row: Int) -> [Denial] { denials[Self.index(row, quantity)] ?? [] }

    /// The quantities of `row` whose counts cannot be compared with those under `other`: another source supplies them.
    func difference(to other: SourceSelection, row: Int) -> QuantitySet {
        QuantitySet(
            Quantity.allCases.filter { quantity in
                let (new, old) = (supply(of: quantity, row: row), other.supply(of: quantity, row: row))
                return new?.source != old?.source || new?.kind.unit != old?.kind.unit
            })
    }

    private static let stuckReason = "its register never moved: it is not implemented or never used"
    private static let quantities = Quantity.allCases.count

    private static func index(_ row: Int, _ quantity: Quantity) -> Int { row * quantities + Int(quantity.rawValue) }
}

extension QuantitySet {
    /// Of quantities that never moved, those that their source is not asked for again: events that never happened are
    /// no fakes while the same counters' instructions move, and without those nothing a core counts can be believed.
    fileprivate var fakes: QuantitySet {
        contains(.instructions) ? union(.coreCounters) : subtracting(.coreCounters)
    }
}
