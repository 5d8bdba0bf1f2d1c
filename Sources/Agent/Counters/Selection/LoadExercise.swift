import CLinux

/// A little work on a CPU, to see whether its counters notice: some hypervisors offer counters that hardly move. A public
/// report of another agent (rezolus) tells of a guest that showed some 2 700 instructions a second in a busy loop.
struct LoadExercise: Sendable {
    /// Instructions that the work retires at the very least.
    static let leastInstructions: UInt64 = 1_000_000

    /// Keeps a CPU busy; false when it could not be.
    let run: @Sendable (Int) -> Bool

    /// A busy loop of 20 ms, as long as a tick of the slowest kernels.
    static let spinning = LoadExercise { cpu in
        cpu >= 0 && reeve_spin_on_cpu(UInt32(truncatingIfNeeded: cpu), 20_000_000) == 0
    }

    /// Whether the instructions that `count` reads on `cpu` follow the work; nil when that could not be found out.
    func moves(cpu: Int, _ count: () -> UInt64?) -> Bool? {
        guard let before = count(), run(cpu), let after = count() else { return nil }
        return after &- before >= Self.leastInstructions
    }
}
