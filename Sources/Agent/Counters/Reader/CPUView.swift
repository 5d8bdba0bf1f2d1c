/// The part of a machine that counts as one node: all of it, or the CPUs that a guest is pinned to.
public struct CPUView: Hashable, Sendable {
    private let numbers: Set<Int>?

    /// Every CPU of the machine.
    public static let wholeMachine = CPUView(numbers: nil)

    /// The CPUs with these numbers, as far as they are online.
    public static func cpus(_ numbers: some Sequence<Int>) -> CPUView { CPUView(numbers: Set(numbers)) }

    private init(numbers: Set<Int>?) { self.numbers = numbers }

    /// Whether the CPU takes part.
    func contains(_ number: Int) -> Bool { numbers?.contains(number) ?? true }

    /// Whether sockets may be shared with CPUs outside the view.
    var isPartial: Bool { numbers != nil }
}
