public import Topology

/// A workflow: steps and what each waits for. Steps that do not wait for one another run in parallel.
///
/// The output is that of the step that no other waits for; of several such steps an object with one member per step
/// that was taken. A graph is valid by construction.
public struct WorkflowGraph: Hashable, Sendable {
    /// Nanoseconds for a whole run unless told otherwise.
    public static let defaultTimeoutNanoseconds: UInt64 = 600_000_000_000
    /// The most steps in a workflow, those of every `foreach` included.
    public static let maximumSteps = 256

    /// The workflow's name.
    public let name: WorkflowName
    /// Nanoseconds that a run may take.
    public let timeoutNanoseconds: UInt64
    /// The steps, in the order in which they were given.
    public let steps: [WorkflowStep]

    /// A workflow as described. Throws `WorkflowError.invalid` when steps have the same name, wait for one that is not
    /// beside them or for one another, or are none or too many.
    public init(
        name: WorkflowName, timeoutNanoseconds: UInt64 = WorkflowGraph.defaultTimeoutNanoseconds, steps: [WorkflowStep]
    ) throws(WorkflowError) {
        self.name = name
        self.timeoutNanoseconds = timeoutNanoseconds
        self.steps = steps
        guard steps.totalCount <= Self.maximumSteps else {
            throw WorkflowError(
                .invalid, "workflow \(name) has \(steps.totalCount) steps: allowed are at most \(Self.maximumSteps)")
        }
        try Self.check(steps, within: "workflow \(name)")
    }

    /// The functions that a run may call.
    public var functions: Set<FunctionName> { steps.functions }

    /// Throws `WorkflowError.unknownSubject` naming the first step whose function is not among `deployed`.
    public func check(functions deployed: Set<FunctionName>) throws(WorkflowError) {
        guard let (path, function) = steps.firstCall(where: { !deployed.contains($0) }) else { return }
        let known = deployed.sorted().map(\.rawValue).joined(separator: ", ")
        throw WorkflowError(
            .unknownSubject,
            "workflow \(name), step \(path): function \(function) is not deployed: "
                + (known.isEmpty ? "no function is" : "deployed are \(known)"))
    }

    private static func check(_ steps: [WorkflowStep], within place: String) throws(WorkflowError) {
        guard !steps.isEmpty else { throw WorkflowError(.invalid, "\(place) has no steps: it needs at least one") }
        var names: Set<StepID> = []
        for step in steps {
            guard names.insert(step.id).inserted else {
                throw WorkflowError(
                    .invalid, "\(place) has two steps called \(step.id): each step needs a name of its own")
            }
        }
        for step in steps {
            if let unknown = step.predecessors.first(where: { !names.contains($0) }) {
                throw WorkflowError(
                    .invalid,
                    "\(place), step \(step.id) waits for \(unknown), which is none of the steps beside it: allowed are "
                        + names.subtracting([step.id]).sorted().map(\.rawValue).joined(separator: ", "))
            }
            guard Set(step.predecessors).count == step.predecessors.count else {
                throw WorkflowError(.invalid, "\(place), step \(step.id) waits for the same step twice")
            }
        }
        if let cycle = steps.cycle {
            let path = cycle.map(\.rawValue).joined(separator: " -> ")
            throw WorkflowError(.invalid, "\(place) goes round in a circle: \(path): a step may not wait for itself")
        }
        for step in steps {
            switch step.work {
            case .forEach(let repetition): try check(repetition.steps, within: "\(place), step \(step.id)")
            case .call(let call):
                guard call.function.isAddress else {
                    throw WorkflowError(
                        .invalid,
                        "\(place), step \(step.id) calls \"\(call.function)\": allowed are 1 to 253 of a-z, 0-9, - "
                            + "and ."
                    )
                }
            }
        }
    }
}

extension FunctionName {
    /// Whether the name can stand in the gateway's addresses, alone or with a namespace after a dot.
    fileprivate var isAddress: Bool {
        rawValue.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            StepID(validating: String($0)) != nil
        }
            && rawValue.utf8.count <= 253
    }
}

extension [WorkflowStep] {
    /// All of the steps, those of every `foreach` included.
    var totalCount: Int {
        reduce(count) { sum, step in
            if case .forEach(let repetition) = step.work { sum + repetition.steps.totalCount } else { sum }
        }
    }

    /// The steps that no other waits for, in order.
    var last: [StepID] {
        let awaited = Set(flatMap(\.predecessors))
        return map(\.id).filter { !awaited.contains($0) }
    }

    fileprivate var functions: Set<FunctionName> {
        reduce(into: []) { functions, step in
            switch step.work {
            case .call(let call): functions.insert(call.function)
            case .forEach(let repetition): functions.formUnion(repetition.steps.functions)
            }
        }
    }

    fileprivate func firstCall(where matches: (FunctionName) -> Bool) -> (path: String, function: FunctionName)? {
        for step in self {
            switch step.work {
            case .call(let call):
                if matches(call.function) { return (step.id.rawValue, call.function) }
            case .forEach(let repetition):
                if let (path, function) = repetition.steps.firstCall(where: matches) {
                    return ("\(step.id).\(path)", function)
                }
            }
        }
        return nil
    }

    /// Steps that wait for one another, the first repeated at the end, in the order in which the work would have gone;
    /// nil when there are none.
    fileprivate var cycle: [StepID]? {
        var remaining = Dictionary(uniqueKeysWithValues: map { ($0.id, $0.predecessors) })
        while let free = remaining.first(where: { $0.value.allSatisfy { remaining[$0] == nil } }) {
            remaining[free.key] = nil
        }
        // Whoever is left waits for another that is left, so going from each to one it waits for must come round.
        guard var step = remaining.keys.min() else { return nil }
        var walk: [StepID] = []
        while !walk.contains(step) {
            walk.append(step)
            guard let next = remaining[step]?.filter({ remaining[$0] != nil }).min() else { return nil }
            step = next
        }
        let circle = walk.drop { $0 != step } + [step]
        return circle.reversed()
    }
}
