/// What one invocation tells about the decision that was taken for it.
///
/// The published reward (WWW 2022) adds up, over the calls that end between two decisions, what was gained and what was
/// lost against the baseline, and gives the sum to the later decision, which had hardly a part in it. Here each call's
/// outcome is the reward of its own decision, and what the call held is charged for, so that giving everybody
/// everything does not win.
public struct FreyrReward: Sendable, Hashable {
    /// How many times a loss of time counts as much as a gain.
    public var harmWeight: Double
    /// What holding a user's whole amounts for a call's baseline costs, in parts of that baseline.
    public var price: Double

    /// A reward with these weights, neither of them negative. `docs/freyr.md` says how the defaults were found.
    public init(harmWeight: Double = 2, price: Double = 0.1) {
        self.harmWeight = harmWeight
        self.price = price
    }

    /// 1 - RFET for an accelerated call, `harmWeight` (1 - RFET) for a slowed one, less `price` times `charge`.
    public func value(of record: FinishedInvocation) -> Double {
        let gain = 1 - record.relativeExecutionTime
        return (gain < 0 ? harmWeight * gain : gain) - price * Self.charge(of: record)
    }

    /// What the call held, summed over its execution, in parts of what its user's amounts are over the baseline; the
    /// mean of both resources. 1 for a call that ran as its user defined it, and for one without a baseline.
    public static func charge(of record: FinishedInvocation) -> Double {
        guard record.baselineSeconds > 0, record.user.millicores > 0, record.user.mebibytes > 0 else { return 1 }
        let cpu = record.heldMillicoreSeconds / Double(record.user.millicores)
        let memory = record.heldMebibyteSeconds / Double(record.user.mebibytes)
        return (cpu + memory) / 2 / record.baselineSeconds
    }
}
