import Measures

/// Whether a source has a quantity for a row.
enum Availability: Hashable, Sendable {
    /// It has; `detail` names the event where several could stand behind the quantity.
    case available(detail: String?)
    /// It has not, and why.
    case unavailable(reason: String)
}

/// One way to raw counters: the msr device, the memory controllers' configuration space, and others to come.
///
/// A source that stops having a quantity raises its revision, so that the columns are planned anew.
protocol CounterSource {
    /// What columns give as their source.
    var name: String { get }
    /// Raised whenever `availability` answers differently than before.
    var revision: Int { get }
    /// Whether the source has `quantity` for `row` at present; nil when it never could.
    func availability(of quantity: Quantity, row: Int) -> Availability?
    /// Fills in what the source has. A value that cannot be read is left absent; nothing is thrown.
    mutating func read(into frame: inout CounterFrame)
    /// Reads that failed so far.
    var failedReads: Int { get }
    /// Puts every control register back to what it held before this source wrote it. Safe to call again.
    mutating func close()
}
