/// What the safeguard allows one invocation.
public struct SafeguardVerdict: Sendable, Hashable {
    /// The least of each resource.
    public let least: Resources
    /// The most of each resource; never less than `least`.
    public let most: Resources
    /// Whether the safeguard itself has decided, so that the call has its user's amounts at least and calibrates.
    public let isSafeguarded: Bool

    /// Allows from `least` to `most`, of which neither resource may be the other way round.
    public init(least: Resources, most: Resources, isSafeguarded: Bool) {
        precondition(least.fits(in: most), "the least that is allowed is at most the most")
        self.least = least
        self.most = most
        self.isSafeguarded = isSafeguarded
    }

    /// Neither less nor more than the user's amount: for a function of which nothing is known.
    public static func user(_ user: Resources) -> Self {
        Self(least: user, most: user, isSafeguarded: true)
    }

    /// The candidates of `grid` that are allowed, bit by bit in their order. There is always one: where the user's amount
    /// lies between two candidates, the next higher one stands for it.
    public func candidates(of grid: AllocationGrid) -> UInt64 {
        let cpu = AllocationGrid.stepsCovering(
            least.millicores, step: grid.step.millicores)...AllocationGrid.stepsCovering(
                most.millicores, step: grid.step.millicores)
        let memory = AllocationGrid.stepsCovering(
            least.mebibytes, step: grid.step.mebibytes)...AllocationGrid.stepsCovering(
                most.mebibytes, step: grid.step.mebibytes)
        let row = (UInt64(1) << UInt64(memory.count) - 1) << UInt64(memory.lowerBound - 1)
        var mask: UInt64 = 0
        for steps in cpu {
            mask |= row << UInt64((steps - 1) * AllocationGrid.steps)
        }
        return mask
    }

    /// What choosing the candidate `index` of `grid` means: its amounts, held within what is allowed.
    public func allocation(of index: Int, in grid: AllocationGrid) -> Resources {
        grid.allocation(of: index).greater(least).lesser(most)
    }
}
