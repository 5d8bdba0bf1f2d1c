internal import Learning

/// What Freyr remembers and sees, whoever decides on it: a frozen policy or one that still learns.
struct FreyrObserver: Sendable {
    let inputs: FreyrInputs
    private let safeguard: Safeguard
    private var functions = FunctionTable(startingWith: Memory())

    private struct Memory: Sendable {
        var history = FunctionHistory()
        /// The newest successful safeguarded call by arrival, which ran with its user's amounts.
        var calibration = -1
        var baselineSeconds: Double?
    }

    /// A decision that is to be taken.
    struct Situation {
        let context: FreyrInputs.Context
        let verdict: SafeguardVerdict
        /// The candidates that the safeguard allows, at least one.
        let allowed: ActionMask
    }

    init(_ inputs: FreyrInputs) {
        self.inputs = inputs
        safeguard = Safeguard(grid: inputs.grid)
    }

    /// Takes in the arrival of `request` and tells what may be chosen for it.
    mutating func arrived(_ request: InvocationRequest, _ load: ClusterLoad) -> Situation {
        functions[request.function].history.arrived(atSeconds: request.arrivalSeconds)
        return look(request, load, functions[request.function])
    }

    private func look(_ request: InvocationRequest, _ load: ClusterLoad, _ memory: Memory) -> Situation {
        let verdict = safeguard.verdict(memory.history, user: request.user)
        return Situation(
            context: inputs.context(request, load, memory.history, baselineSeconds: memory.baselineSeconds),
            verdict: verdict, allowed: ActionMask(bits: verdict.candidates(of: inputs.grid)))
    }

    /// Takes in an invocation that has ended.
    mutating func finished(_ record: FinishedInvocation) {
        functions[record.function].history.finished(record)
        // Who came to have more in flight does not tell how long the user's amounts take.
        guard record.safeguarded, record.succeeded, !record.heldMoreThanUser else { return }
        guard record.sequence > functions[record.function].calibration else { return }
        functions[record.function].calibration = record.sequence
        functions[record.function].baselineSeconds = record.executionSeconds
    }

    /// What choosing `candidate` in `situation` means.
    func decision(_ candidate: Int, in situation: Situation) -> AllocationDecision {
        AllocationDecision(
            situation.verdict.allocation(of: candidate, in: inputs.grid),
            safeguarded: situation.verdict.isSafeguarded, returnsOnDemand: true,
            mostInFlight: inputs.grid.maximum, placedByWish: true)
    }
}
