/// Decides how much CPU and memory each invocation has.
///
/// One decision per invocation, before it is sent to a server; what has become of it is told at its end. A manager keeps
/// its own history and is repeatable: the same calls give the same decisions.
public protocol ResourceManager: Sendable {
    /// What the invocation of `request` shall have, with the cluster as `load` describes it. Called in the order of
    /// arrivals.
    mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision

    /// Takes in an invocation that has ended. Called in the order of ends, which need not be that of arrivals.
    mutating func finished(_ record: FinishedInvocation)
}
