import Synchronization

/// Counts from several threads.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func add(_ difference: Int = 1) { count.add(difference, ordering: .sequentiallyConsistent) }
}
