public import Topology

extension WorkflowGraph {
    /// The functions that a run may call, in the order in which the description first names them.
    public var functionsInOrder: [FunctionName] {
        var known: Set<FunctionName> = []
        return steps.calledFunctions.filter { known.insert($0).inserted }
    }

    /// The most calls that one run can have open at once.
    public var widestFanOut: Int { steps.widestFanOut }
}

extension [WorkflowStep] {
    fileprivate var calledFunctions: [FunctionName] {
        flatMap { step in
            switch step.work {
            case .call(let call): [call.function]
            case .forEach(let repetition): repetition.steps.calledFunctions
            }
        }
    }

    /// All steps side by side, which is the worst that can be; no more than a run may have calls.
    fileprivate var widestFanOut: Int {
        reduce(0) { sum, step in
            let width =
                switch step.work {
                case .call: 1
                case .forEach(let repetition):
                    Swift.min(repetition.width, RunMachine.maximumCalls) * repetition.steps.widestFanOut
                }
            return Swift.min(sum + width, RunMachine.maximumCalls)
        }
    }
}
