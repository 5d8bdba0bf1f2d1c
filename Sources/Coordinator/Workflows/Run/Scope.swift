/// One run of a list of steps: of the workflow's own, or of those of a `foreach` for one element.
struct Scope: Sendable {
    /// Which element of which task a scope is for.
    struct Element: Sendable {
        let task: Int
        let number: Int
    }

    /// What steps without predecessors are given.
    let input: [UInt8]
    /// nil for the workflow itself.
    let element: Element?
    /// The tasks of its steps.
    let indices: [StepID: Int]
    /// The steps that no other waits for.
    let last: [StepID]
    /// How many of its steps have not ended.
    var remaining: Int

    /// Those of `steps` that were taken, with their outputs, in the given order.
    func taken(_ steps: [StepID], in tasks: [StepTask]) -> [(step: StepID, output: [UInt8])] {
        steps.compactMap { step in
            guard let index = indices[step], case .done(let output) = tasks[index].state else { return nil }
            return (step, output)
        }
    }

    /// What a step after `predecessors` is given.
    func joined(_ predecessors: [StepID], in tasks: [StepTask]) throws(RunProblem) -> [UInt8] {
        predecessors.isEmpty ? input : try outputs(of: predecessors, in: tasks)
    }

    /// What comes out when all of the steps have ended.
    func output(in tasks: [StepTask]) throws(RunProblem) -> [UInt8] { try outputs(of: last, in: tasks) }

    /// The output of a single step as it is, null when it was not taken; of several an object of those that were.
    private func outputs(of steps: [StepID], in tasks: [StepTask]) throws(RunProblem) -> [UInt8] {
        let taken = taken(steps, in: tasks)
        guard steps.count > 1 else { return taken.first?.output ?? Array("null".utf8) }
        var members: [String: JSONValue] = [:]
        for (step, output) in taken {
            members[step.rawValue] = try output.json(as: "the output of step \(step)", for: "joining several steps")
        }
        return JSONValue.object(members).bytes
    }
}

/// What makes it impossible for a run to go on: the end of a sentence that names the place.
struct RunProblem: Error, Sendable {
    let description: String
}

extension [UInt8] {
    /// The value in the bytes. Throws `RunProblem` when they are no JSON, which `purpose` needs `what` to be.
    func json(as what: String, for purpose: String) throws(RunProblem) -> JSONValue {
        guard let value = JSONValue(parsing: self) else {
            throw RunProblem(description: "\(what) is no JSON, which \(purpose) needs")
        }
        return value
    }
}

extension UInt64 {
    /// Nanoseconds as seconds, for a sentence.
    var seconds: Double { Double(self) / 1e9 }
}
