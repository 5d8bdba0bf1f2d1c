/// The workers that one request may be sent to, by their places in `Fleet.workers`.
public struct Candidates: Hashable, Sendable {
    /// The places in ascending order.
    public private(set) var indices: [Int] = []
    private var flags: [Bool]

    /// None of `count` workers.
    public init(count: Int) {
        flags = Array(repeating: false, count: count)
        indices.reserveCapacity(count)
    }

    /// Adds a place greater than all before it.
    mutating func insert(_ index: Int) {
        indices.append(index)
        flags[index] = true
    }

    /// Whether the worker at `index` may be sent the request.
    public func contains(_ index: Int) -> Bool { flags[index] }

    /// Whether there is none.
    public var isEmpty: Bool { indices.isEmpty }

    /// All but those at which `isExcluded` holds.
    public func excluding(_ isExcluded: (Int) -> Bool) -> Candidates {
        var remaining = Candidates(count: flags.count)
        for index in indices where !isExcluded(index) { remaining.insert(index) }
        return remaining
    }
}
