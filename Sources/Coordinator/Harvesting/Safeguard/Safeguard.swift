/// Keeps what a policy may choose within what a function has been seen to need.
///
/// Each resource for itself, from the function's last finished call: who used at most nine tenths of the user's amount has
/// some to lend, down to a step above the largest recent peak; but who came near what was left to it gets everything back.
/// Who used more than nine tenths of the user's amount may have more (Freyr, WWW 2022, section on safe harvesting).
///
/// Beyond the paper: so may who did in any recent call, for where calls differ, one that needed little says little of the
/// next one. Nobody has less by it.
public struct Safeguard: Sendable, Hashable {
    /// What is added above a recent peak at least, and counted in.
    public let step: Resources
    /// The most that anybody gets whose user does not define more.
    public let maximum: Resources

    /// At most this part of the user's amount in use counts as over-provisioned, and at least this part of the allocation in
    /// use as a spike: nine tenths, in the paper as in the published code.
    public static let threshold = (numerator: 9, denominator: 10)

    /// A safeguard over the candidates of `grid`.
    public init(grid: AllocationGrid = .published) {
        self.init(step: grid.step, maximum: grid.maximum)
    }

    /// A safeguard over amounts of any number of steps up to `maximum`; both are positive.
    public init(step: Resources, maximum: Resources) {
        precondition(step.millicores > 0 && step.mebibytes > 0, "a step of the safeguard is positive")
        self.step = step
        self.maximum = maximum
    }

    /// What an invocation of the function with `history` and the user's amount `user` may have.
    public func verdict(_ history: FunctionHistory, user: Resources) -> SafeguardVerdict {
        guard let last = history.last, last.succeeded else { return .user(user) }
        let cpu = judge(
            peak: last.peakUse.millicores, user: user.millicores, allocated: last.allocated.millicores,
            recent: history.recentPeak.millicores, step: step.millicores, maximum: maximum.millicores)
        let memory = judge(
            peak: last.peakUse.mebibytes, user: user.mebibytes, allocated: last.allocated.mebibytes,
            recent: history.recentPeak.mebibytes, step: step.mebibytes, maximum: maximum.mebibytes)
        guard cpu.isSpike || memory.isSpike else {
            return SafeguardVerdict(
                least: Resources(millicores: cpu.least, mebibytes: memory.least),
                most: Resources(millicores: cpu.most, mebibytes: memory.most), isSafeguarded: false)
        }
        // A spike of one resource calibrates the function anew, so neither may be short in that call.
        return SafeguardVerdict(
            least: Resources(millicores: cpu.least, mebibytes: memory.least).greater(user),
            most: Resources(millicores: cpu.most, mebibytes: memory.most).greater(user), isSafeguarded: true)
    }

    private struct Judgement {
        let least: Int
        let most: Int
        let isSpike: Bool
    }

    private func judge(peak: Int, user: Int, allocated: Int, recent: Int, step: Int, maximum: Int) -> Judgement {
        // What the user has not limited is not there to be lent or borrowed.
        guard user > 0 else { return Judgement(least: 0, most: 0, isSpike: false) }
        // A whole step above the recent peak, as if the peak were counted in steps and cut to a whole number.
        let aboveRecent = (recent / step + 1) * step
        guard Self.isAtMost(peak, ofAmount: user) else {
            return Judgement(least: max(min(aboveRecent, maximum), user), most: max(maximum, user), isSpike: false)
        }
        guard Self.isNear(peak, to: allocated) else {
            let most = Self.isAtMost(recent, ofAmount: user) ? user : max(maximum, user)
            return Judgement(least: min(aboveRecent, user), most: most, isSpike: false)
        }
        return Judgement(least: user, most: user, isSpike: true)
    }

    /// Whether `use` is at most nine tenths of `amount`.
    @inlinable
    public static func isAtMost(_ use: Int, ofAmount amount: Int) -> Bool {
        use * threshold.denominator <= amount * threshold.numerator
    }

    /// Whether `use` is at least nine tenths of `amount`, so that hardly anything is left.
    @inlinable
    public static func isNear(_ use: Int, to amount: Int) -> Bool {
        use * threshold.denominator >= amount * threshold.numerator
    }
}
