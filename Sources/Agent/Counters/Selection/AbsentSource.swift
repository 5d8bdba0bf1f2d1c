import Measures

/// A way to counters that this machine does not have at all, so that people are told so.
struct AbsentSource: CounterSource {
    let name: String
    /// What it would have had.
    let quantities: QuantitySet
    let reason: String

    let revision = 0
    let failedReads = 0
    let reads = 0

    func availability(of quantity: Quantity, row: Int) -> Availability? {
        quantities.contains(quantity) ? .unavailable(reason: reason) : nil
    }

    mutating func claim(_ demand: CounterDemand, now: MonotonicInstant) {}
    mutating func read(_ due: QuantitySet, into frame: inout CounterFrame) {}
    mutating func close() {}

    /// Model-specific registers on an architecture that has none.
    static let registers = AbsentSource(
        name: "msr",
        quantities: QuantitySet.coreCounters.union(
            QuantitySet([
                .timeStamp, .maximumClock, .actualClock, .coreC1, .coreC3, .coreC6, .coreC7, .packageC2, .packageC6,
                .packageEnergy, .memoryEnergy, .temperature,
            ])), reason: "processors of this architecture have no model-specific registers")
}
