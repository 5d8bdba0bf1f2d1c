/// How soon an event is given up where there are not counters or descriptors enough for all; the last goes first.
enum PerfNecessity: Int, Hashable, Comparable, Sendable, CaseIterable {
    case needed, welcome, spare

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// An event that is to be counted.
struct PerfRequest: Hashable, Sendable {
    let quantity: Quantity
    let code: PerfEventCode
    /// What refusals call it.
    let name: String
    /// Which event stands behind the quantity, where several could.
    var detail: String?
    /// What one count stands for.
    var unit = 1.0
    var necessity = PerfNecessity.needed
    /// Whether it takes one of the core's counters, of which there are few.
    var takesCounter = false
}
