/// A change that the guard itself makes, because of what the policy's changes came to.
public struct GuardCorrection: Sendable, Hashable {
    /// What it puts right.
    public enum Reason: Sendable, Hashable {
        /// A change made the latency worse: the medians, in seconds, of the runs before it and after it. A run that
        /// failed is infinite.
        case worse(change: String, beforeSeconds: Double, afterSeconds: Double)
        /// The stock rules are in charge, and get back what the policy placed.
        case stockRules
    }

    /// What is to be done.
    public let change: ClusterChange
    /// Why.
    public let reason: Reason
    /// How often the cluster has refused it.
    var failures = 0

    /// After so many refusals of the cluster the correction is given up.
    static let maximumFailures = 3

    init(_ change: ClusterChange, _ reason: Reason) {
        self.change = change
        self.reason = reason
    }

    var isStepBack: Bool {
        if case .worse = reason { return true }
        return false
    }

    /// The correction as operators read it.
    public var sentence: String {
        switch reason {
        case .worse(let change, let before, let after):
            "stepped back: the median latency was \(Self.text(before)) before \(change) "
                + "and \(Self.text(after)) after it"
        case .stockRules:
            "given back: the policy kept fewer targets than the stock rules, which are in charge now"
        }
    }

    private static func text(_ seconds: Double) -> String {
        seconds.isFinite ? "\((seconds * 1000).rounded() / 1000) s" : "a failure"
    }
}
