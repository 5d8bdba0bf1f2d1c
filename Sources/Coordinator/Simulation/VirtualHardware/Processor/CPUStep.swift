/// What one CPU has counted by itself during a step, before anything else is derived from it.
struct CPUStep {
    /// Length of the step.
    let seconds: Double
    /// Ticks of the time-stamp counter.
    let ticks: UInt64
    /// Ticks while executing.
    let referenceCycles: UInt64
    /// Cycles at the actual clock.
    let cycles: UInt64
    /// Retired instructions.
    let instructions: UInt64
    /// What the CPU did.
    let activity: CPUActivity
    /// Share of the CPU's traffic behind its last-level cache that stays on its socket.
    let localShare: Double
}

/// Turns a CPU's activity into whole ticks, cycles and instructions.
struct CPUClock {
    private let nominalHertz: Double
    private var ticks = WholeCounts(), reference = WholeCounts(), cycles = WholeCounts(), instructions = WholeCounts()

    init(nominalHertz: UInt64) { self.nominalHertz = Double(nominalHertz) }

    /// What `seconds` of `activity` count.
    mutating func step(seconds: Double, _ activity: CPUActivity, localShare: Double) -> CPUStep {
        let elapsed = ticks.take(nominalHertz * seconds)
        let referenceCycles = reference.take(min(1, activity.utilisation) * Double(elapsed))
        let coreCycles = cycles.take(Double(referenceCycles) * activity.clockRatio)
        let retired = instructions.take(Double(coreCycles) * activity.instructionsPerCycle)
        return CPUStep(
            seconds: seconds, ticks: elapsed, referenceCycles: referenceCycles, cycles: coreCycles,
            instructions: retired, activity: activity, localShare: localShare)
    }
}
