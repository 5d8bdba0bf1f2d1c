/// The amounts a manager chooses among: 1 to 8 steps of CPU by 1 to 8 steps of memory, 64 candidates in all.
///
/// Candidates are numbered row by row, memory running fastest: `(cpu - 1) * 8 + (memory - 1)`, so that a set of them is
/// one 64-bit word.
public struct AllocationGrid: Sendable, Hashable {
    /// What one step adds of each resource; both are positive.
    public let step: Resources

    /// Steps of each resource.
    public static let steps = 8
    /// How many candidates there are.
    public static let count = steps * steps

    /// Steps of one core and 64 MiB, up to 8 cores and 512 MiB: Freyr (WWW 2022), whose functions on OpenWhisk get whole
    /// cores and memory in units of 64 MB.
    public static let published = Self(step: Resources(millicores: 1_000, mebibytes: 64))

    /// A grid whose steps are `step`, of which both resources must be positive.
    public init(step: Resources) {
        precondition(step.millicores > 0 && step.mebibytes > 0, "a step of an allocation grid is positive")
        self.step = step
    }

    /// The most that a candidate holds.
    @inlinable
    public var maximum: Resources {
        Resources(millicores: step.millicores * Self.steps, mebibytes: step.mebibytes * Self.steps)
    }

    /// The candidate with `cpu` and `memory` steps, each 1 to 8.
    @inlinable
    public static func index(cpu: Int, memory: Int) -> Int { (cpu - 1) * steps + (memory - 1) }

    /// Steps of CPU of the candidate `index`, 1 to 8.
    @inlinable
    public static func cpuSteps(of index: Int) -> Int { index / steps + 1 }

    /// Steps of memory of the candidate `index`, 1 to 8.
    @inlinable
    public static func memorySteps(of index: Int) -> Int { index % steps + 1 }

    /// What the candidate `index`, 0 ..< 64, holds.
    @inlinable
    public func allocation(of index: Int) -> Resources {
        Resources(
            millicores: Self.cpuSteps(of: index) * step.millicores, mebibytes: Self.memorySteps(of: index) * step.mebibytes)
    }

    /// The least candidate that covers `amount`, or the last of a resource that no candidate covers.
    @inlinable
    public func index(covering amount: Resources) -> Int {
        Self.index(
            cpu: Self.stepsCovering(amount.millicores, step: step.millicores),
            memory: Self.stepsCovering(amount.mebibytes, step: step.mebibytes))
    }

    /// The least number of steps, 1 to 8, that covers `amount`; 8 where none does.
    @usableFromInline
    static func stepsCovering(_ amount: Int, step: Int) -> Int {
        min(max((amount + step - 1) / step, 1), steps)
    }
}
