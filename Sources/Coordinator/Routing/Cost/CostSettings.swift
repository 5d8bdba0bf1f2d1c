/// What cost-aware assumes before it has measured, and how fast it learns.
public struct CostSettings: Hashable, Sendable {
    /// Installing a package of which nothing is known, while nothing is known of any; in milliseconds. The order of
    /// size of the mean that Pipbench measured (1656 ms); only its relation to `serviceMilliseconds` matters.
    public var installMilliseconds = 1_000.0
    /// A warm request of a function of which nothing is known, while nothing is known of any; in milliseconds.
    public var serviceMilliseconds = 100.0
    /// The cores of a machine of which nothing is known. One is the careful guess: who believes in too few spreads too
    /// early and finds out, because requests then overlap without slowing each other down; who believes in too many
    /// piles up work.
    public var cores = 1.0
    /// How much of the difference between what was expected and what was measured goes into the estimate.
    public var learningRate = 0.25
    /// A measurement counts only where the machine was at most so many times slower than alone: the correction for
    /// contention is a guess of its own, and the larger it is, the worse.
    public var greatestSlowdown = 2.0
    /// However much of a machine others use, so much of it counts as ours.
    public var leastShareOfMachine = 0.1

    /// The defaults.
    public init() {}
}
