/// Lends all that the safeguard allows to lend, and asks for more step by step where a function uses up what it has: the
/// stock rule, which needs no training.
///
/// Who nears what it holds asks for twice as much, so that several who do share what is idle rather than the first taking
/// everything; who does not lends, or gives back, down to a step above its largest recent peak.
public struct SafeguardManager: ResourceManager {
    /// What bounds every decision.
    public let safeguard: Safeguard

    private var histories = FunctionTable(startingWith: FunctionHistory())

    /// A manager that stays within `safeguard`.
    public init(safeguard: Safeguard = Safeguard()) {
        self.safeguard = safeguard
    }

    public mutating func decide(_ request: InvocationRequest, _ load: ClusterLoad) -> AllocationDecision {
        let history = histories[request.function]
        let verdict = safeguard.verdict(history, user: request.user)
        guard let last = history.last, !verdict.isSafeguarded else {
            return AllocationDecision(
                verdict.least, safeguarded: verdict.isSafeguarded, returnsOnDemand: true)
        }
        return AllocationDecision(
            Resources(
                millicores: wish(
                    peak: last.peakUse.millicores, allocated: last.allocated.millicores, least: verdict.least.millicores,
                    most: verdict.most.millicores),
                mebibytes: wish(
                    peak: last.peakUse.mebibytes, allocated: last.allocated.mebibytes, least: verdict.least.mebibytes,
                    most: verdict.most.mebibytes)),
            returnsOnDemand: true)
    }

    public mutating func finished(_ record: FinishedInvocation) {
        histories[record.function].finished(record)
    }

    private func wish(peak: Int, allocated: Int, least: Int, most: Int) -> Int {
        Safeguard.isNear(peak, to: allocated) ? min(max(2 * allocated, least), most) : least
    }
}
