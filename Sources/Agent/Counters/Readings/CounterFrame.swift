import Measures

/// The rows of a frame: first the online CPUs, then the sockets.
struct FrameLayout: Hashable, Sendable {
    let topology: ProcessorTopology

    var rowCount: Int { topology.cpus.count + topology.packages.count }

    /// The row of a CPU or nil when it is not online.
    func row(ofCPU number: Int) -> Int? { topology.cpus.firstIndex { $0.number == number } }

    /// The row of a package, nil when none of its CPUs is online.
    func row(ofPackage package: Int) -> Int? {
        topology.packages.firstIndex(of: package).map { topology.cpus.count + $0 }
    }

    /// The CPU rows of a package.
    func cpuRows(ofPackage package: Int) -> [Int] {
        topology.cpus.indices.filter { topology.cpus[$0].package == package }
    }
}

/// Raw counter values of one moment: one row per CPU and socket, one value per quantity, each present or absent.
struct CounterFrame: Hashable, Sendable {
    private(set) var takenAt = MonotonicInstant(nanoseconds: 0)
    private var values: [UInt64]
    private(set) var present: [QuantitySet]

    init(rowCount: Int) {
        values = Array(repeating: 0, count: rowCount * Quantity.allCases.count)
        present = Array(repeating: [], count: rowCount)
    }

    /// Forgets all values.
    mutating func clear(takenAt instant: MonotonicInstant) {
        takenAt = instant
        for row in present.indices { present[row] = [] }
    }

    /// Takes over the values of `other`, a frame of the same layout, without allocating.
    mutating func assign(_ other: CounterFrame) {
        takenAt = other.takenAt
        for index in values.indices { values[index] = other.values[index] }
        for row in present.indices { present[row] = other.present[row] }
    }

    /// The quantities that some row has.
    var quantities: QuantitySet { present.reduce([]) { $0.union($1) } }

    /// Forgets some values of a row.
    mutating func remove(_ quantities: QuantitySet, row: Int) { present[row].subtract(quantities) }

    /// The value of a quantity in a row, nil when absent.
    subscript(row: Int, quantity: Quantity) -> UInt64? {
        get { present[row].contains(quantity) ? values[Self.index(row, quantity)] : nil }
        set {
            if let newValue {
                values[Self.index(row, quantity)] = newValue
                present[row].insert(quantity.bit)
            } else {
                present[row].remove(quantity.bit)
            }
        }
    }

    private static let quantities = Quantity.allCases.count

    private static func index(_ row: Int, _ quantity: Quantity) -> Int { row * quantities + Int(quantity.rawValue) }
}
