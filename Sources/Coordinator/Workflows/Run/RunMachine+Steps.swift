import Measures

/// How a run goes from step to step.
extension RunMachine {
    /// Begins what can begin, until nothing more can. A loop, for thousands of elements may end without any waiting.
    mutating func advance(at now: MonotonicInstant) {
        while end == nil, !ready.isEmpty {
            let next = ready
            ready = []
            for index in next where end == nil { begin(index, at: now) }
        }
    }

    private mutating func begin(_ index: Int, at now: MonotonicInstant) {
        let task = tasks[index]
        let scope = scopes[task.scope]
        if !task.step.predecessors.isEmpty, scope.taken(task.step.predecessors, in: tasks).isEmpty {
            settle(index, output: nil, at: now)
            return
        }
        do throws(RunProblem) {
            let input = try scope.joined(task.step.predecessors, in: tasks)
            if let condition = task.step.condition {
                let value = try input.json(as: "its input", for: "its condition")
                guard condition.holds(for: value) else {
                    settle(index, output: nil, at: now)
                    return
                }
            }
            switch task.step.work {
            case .call: send(index, attempt: 1, input: input, at: now)
            case .forEach(let repetition): try repeatSteps(index, repetition, input: input, at: now)
            }
        } catch {
            finish(.failed("step \(path(of: index)) cannot begin: \(error.description)"), at: now)
        }
    }

    private mutating func repeatSteps(
        _ index: Int, _ repetition: ForEach, input: [UInt8], at now: MonotonicInstant
    ) throws(RunProblem) {
        let value = try input.json(as: "its input", for: "foreach")
        guard case .array(let elements)? = repetition.items.find(in: value) else {
            let place = repetition.items == .whole ? "its input" : "\(repetition.items) of its input"
            throw RunProblem(description: "\(place) is no array, which foreach needs")
        }
        let calls = elements.count * repetition.steps.count
        guard elements.count <= Self.maximumElements, tasks.count + calls <= Self.maximumCalls else {
            throw RunProblem(
                description:
                    "\(elements.count) elements are too many: allowed are \(Self.maximumElements) in one foreach "
                    + "and \(Self.maximumCalls) calls in a run")
        }
        guard !elements.isEmpty else {
            settle(index, output: Array("[]".utf8), at: now)
            return
        }
        tasks[index].state = .repeating(Repetition(elements: elements))
        for _ in 0..<min(repetition.width, elements.count) { beginElement(of: index) }
    }

    private mutating func beginElement(of index: Int) {
        guard case .repeating(var repetition) = tasks[index].state, let (element, value) = repetition.next(),
            case .forEach(let definition) = tasks[index].step.work
        else { return }
        tasks[index].state = .repeating(repetition)
        openScope(definition.steps, input: value.bytes, element: Scope.Element(task: index, number: element))
    }

    mutating func openScope(_ steps: [WorkflowStep], input: [UInt8], element: Scope.Element?) {
        let first = tasks.count
        var indices: [StepID: Int] = [:]
        for (offset, step) in steps.enumerated() {
            indices[step.id] = first + offset
            tasks.append(StepTask(step: step, scope: scopes.count, missing: step.predecessors.count))
        }
        for step in steps {
            for predecessor in step.predecessors {
                guard let index = indices[predecessor], let successor = indices[step.id] else { continue }
                tasks[index].successors.append(successor)
            }
        }
        ready += steps.indices.filter { steps[$0].predecessors.isEmpty }.map { first + $0 }
        scopes.append(Scope(input: input, element: element, indices: indices, last: steps.last, remaining: steps.count))
    }

    /// Step `index` has ended: with `output`, or nil when it was not taken.
    mutating func settle(_ index: Int, output: [UInt8]?, at now: MonotonicInstant) {
        var ended: (index: Int, output: [UInt8]?)? = (index, output)
        while let (index, output) = ended {
            open.remove(index)
            tasks[index].state = output.map { .done($0) } ?? .passed
            for successor in tasks[index].successors {
                tasks[successor].missing -= 1
                if tasks[successor].missing == 0 { ready.append(successor) }
            }
            let scope = tasks[index].scope
            scopes[scope].remaining -= 1
            ended = scopes[scope].remaining == 0 ? closeScope(scope, at: now) : nil
        }
    }

    /// A scope has ended, and with it perhaps the step that it is an element of, which is then returned.
    private mutating func closeScope(
        _ index: Int, at now: MonotonicInstant
    ) -> (index: Int, output: [UInt8]?)? {
        let scope = scopes[index]
        do throws(RunProblem) {
            let output = try scope.output(in: tasks)
            guard let element = scope.element else {
                finish(.completed(output), at: now)
                return nil
            }
            let value = try output.json(as: "the output of element \(element.number)", for: "foreach")
            return endElement(element, value)
        } catch {
            let place = scope.element.map { "step \(path(of: $0.task))" } ?? "workflow \(graph.name)"
            finish(.failed("\(place) has no output: \(error.description)"), at: now)
            return nil
        }
    }

    private mutating func endElement(_ element: Scope.Element, _ value: JSONValue) -> (index: Int, output: [UInt8]?)? {
        guard case .repeating(var repetition) = tasks[element.task].state else { return nil }
        // So that the elements are changed in place.
        tasks[element.task].state = .waiting
        repetition.end(element.number, with: value)
        if let output = repetition.output { return (element.task, output.bytes) }
        tasks[element.task].state = .repeating(repetition)
        beginElement(of: element.task)
        return nil
    }

    func path(of index: Int) -> String {
        let task = tasks[index]
        guard let element = scopes[task.scope].element else { return task.step.id.rawValue }
        return "\(path(of: element.task))[\(element.number)].\(task.step.id)"
    }
}
