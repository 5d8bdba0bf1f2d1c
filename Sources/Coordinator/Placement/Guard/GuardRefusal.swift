public import Topology

/// Why the guard does not let something happen: one sentence that says what, and when it will be allowed.
public enum GuardRefusal: Sendable, Hashable, CustomStringConvertible {
    /// The mode is `observe`.
    case observing
    /// The mode is `advise`.
    case advising
    /// An operator has paused the guard.
    case paused
    /// What was changed before the start is not known yet.
    case justStarted(secondsLeft: Double)
    /// A ready node is not known, or only from readings that are too old.
    case telemetry(NodeName, reason: String)
    /// The present placement has not been measured for long enough to judge a change by.
    case tooFewRuns(measured: Int, needed: Int)
    /// The guard itself has something to put right first.
    case correctionDue(ClusterChange)
    /// The policy kept fewer targets than the stock rules.
    case stockRules(runsLeft: Int)
    /// The minute's changes are used up.
    case budgetSpent(movesPerMinute: Int, secondsLeft: Double)
    /// The function was changed a short while ago.
    case coolingDown(FunctionName, secondsLeft: Double)
    /// The function left that place a short while ago; `place` reads as "w02" or "8 replicas".
    case wouldReturn(FunctionName, place: String, secondsLeft: Double)
    /// The cluster would choose the node, and might choose one that the function left a short while ago.
    case mightReturn(FunctionName, secondsLeft: Double)
    /// More of the choices were random than are allowed.
    case explorationSpent(ceiling: Double, decisionsLeft: Int)
    /// The choice was random, and no random change is allowed at all.
    case explorationOff
    /// The policy does not say what it expects of the change.
    case gainUnknown
    /// The policy expects too little of the change.
    case gainTooSmall(gain: Double, needed: Double)

    /// The sentence.
    public var description: String {
        switch self {
        case .observing: "the guard only observes: changes are allowed in mode act"
        case .advising: "the guard only advises: changes are allowed in mode act"
        case .paused: "the guard is paused: changes are allowed after reeve resume"
        case .justStarted(let left):
            "what was changed before the start is not known: changes are allowed in \(seconds(left))"
        case .telemetry(let node, let reason):
            "node \(node) is not known well enough (\(reason)): changes are allowed once fresh readings of it arrive"
        case .tooFewRuns(let measured, let needed):
            "\(measured) runs were measured since the last change: changes are allowed after \(needed)"
        case .correctionDue(let change):
            "the guard has to \(change) first: changes are allowed once that is measured"
        case .stockRules(let left):
            "the stock rules are in charge: the policy's changes are allowed after \(left) more runs"
        case .budgetSpent(let moves, let left):
            "\(moves) changes were made within a minute, as many as are allowed: "
                + "the next is allowed in \(seconds(left))"
        case .coolingDown(let function, let left):
            "\(function) was changed a short while ago: it may be changed again in \(seconds(left))"
        case .wouldReturn(let function, let place, let left):
            "\(function) left \(place) a short while ago: it may return in \(seconds(left))"
        case .mightReturn(let function, let left):
            "\(function) left a node a short while ago, and the cluster might choose that one: "
                + "allowed in \(seconds(left))"
        case .explorationSpent(let ceiling, let left):
            "at most \(Self.percent(ceiling)) of decisions may be random changes: "
                + "the next is allowed after \(left) more"
        case .explorationOff:
            "random changes are switched off: allowed are changes that the policy judges to be better"
        case .gainUnknown:
            "the policy does not say what it expects of the change: allowed are changes with a predicted gain"
        case .gainTooSmall(let gain, let needed):
            "the policy expects a gain of \(Self.rounded(gain)): allowed are changes from \(Self.rounded(needed))"
        }
    }

    /// Seconds are rounded up, so that what is said to be allowed then is.
    private func seconds(_ left: Double) -> String { "\(Int(left.rounded(.up))) s" }

    private static func percent(_ share: Double) -> String { "\(rounded(share * 100)) %" }

    private static func rounded(_ value: Double) -> String {
        let shown = (value * 1000).rounded() / 1000
        return shown == shown.rounded() && abs(shown) < 1e15 ? "\(Int(shown))" : "\(shown)"
    }
}
