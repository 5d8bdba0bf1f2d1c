/// Every invocation has what its user defined: the baseline that the others are compared with.
public struct FixedManager: ResourceManager {
    /// Where the CPU of an invocation comes from.
    public enum Rule: Sendable, Hashable {
        /// Both resources are what the user defined.
        case asRequested
        /// Memory is what the user defined, and CPU follows it, as platforms do it: so many millicores for each GiB.
        case proportional(millicoresPerGibibyte: Int)

        /// One virtual core for each 1 769 MB of memory, as AWS Lambda documents it ("Configure Lambda function memory").
        public static let lambda = Self.proportional(millicoresPerGibibyte: 579)
    }

    /// The rule in force.
    public let rule: Rule

    /// A manager that follows `rule`.
    public init(rule: Rule = .asRequested) {
        self.rule = rule
    }

    public func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        switch rule {
        case .asRequested:
            AllocationDecision(request.user)
        case .proportional(let millicoresPerGibibyte):
            AllocationDecision(
                Resources(
                    millicores: max(request.user.mebibytes * millicoresPerGibibyte / 1_024, 1),
                    mebibytes: request.user.mebibytes))
        }
    }

    public func finished(_ record: FinishedInvocation) {}
}
