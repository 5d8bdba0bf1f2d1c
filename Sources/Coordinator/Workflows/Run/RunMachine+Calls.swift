import Measures

/// What happens to a call.
extension RunMachine {
    mutating func answered(_ attempt: CallAttempt, _ answer: FunctionAnswer, at now: MonotonicInstant) {
        guard let index = openTask(attempt), case .calling(let call) = tasks[index].state else { return }
        guard (200..<300).contains(answer.status) else {
            // Requests that are wrong stay wrong; 408 and 429 are about time and load (RFC 9110, RFC 6585).
            let isTransient = !(400..<500).contains(answer.status) || [408, 429].contains(answer.status)
            let text = String(decoding: answer.body.prefix(200), as: UTF8.self)
                .split(whereSeparator: \.isNewline).joined(separator: " ")
            let sentence = "answered \(answer.status)\(text.isEmpty ? "" : ": \(text)")"
            failed(attempt, InvocationFailure(isTransient: isTransient, sentence), at: now)
            return
        }
        // An answer that comes while the call waits to be repeated belongs to an attempt whose span has ended.
        if case .sent = call.phase {
            close(index, functionSeconds: answer.functionSeconds, failure: nil, at: now)
        }
        answerBytes += answer.body.count
        guard answerBytes <= Self.maximumAnswerBytes else {
            open.remove(index)
            finish(
                .failed(
                    "the answers of workflow \(graph.name) have more than \(Self.maximumAnswerBytes) bytes together: "
                        + "larger things belong in the object store"), at: now)
            return
        }
        settle(index, output: answer.body, at: now)
    }

    mutating func failed(_ attempt: CallAttempt, _ failure: InvocationFailure, at now: MonotonicInstant) {
        guard let index = openTask(attempt), case .calling(let call) = tasks[index].state,
            call.attempt == attempt.attempt,
            case .sent = call.phase, case .call(let function) = tasks[index].step.work
        else { return }
        close(index, functionSeconds: nil, failure: failure.description, at: now)
        guard failure.isTransient, call.attempt <= function.retries else {
            open.remove(index)
            let times = call.attempt == 1 ? "" : " after \(call.attempt) attempts"
            finish(
                .failed("step \(path(of: index)) failed\(times): function \(function.function) \(failure)"), at: now)
            return
        }
        let retry = now.advanced(byNanoseconds: function.delayNanoseconds(after: call.attempt))
        tasks[index].state = .calling(Call(attempt: call.attempt, phase: .waiting(until: retry), input: call.input))
    }

    mutating func timePassed(at now: MonotonicInstant) {
        guard now < deadline else {
            let limit = graph.timeoutNanoseconds.seconds
            finish(.failed("workflow \(graph.name) took longer than its time-out of \(limit) s"), at: now)
            return
        }
        for index in open.sorted() {
            guard let wakeUp = tasks[index].wakeUp, wakeUp <= now, case .calling(let call) = tasks[index].state,
                case .call(let function) = tasks[index].step.work
            else { continue }
            switch call.phase {
            case .waiting: send(index, attempt: call.attempt + 1, input: call.input, at: now)
            case .sent:
                let limit = function.timeoutNanoseconds.seconds
                failed(
                    CallAttempt(CallID(run: id, number: index), attempt: call.attempt),
                    InvocationFailure(isTransient: true, "did not answer within \(limit) s"), at: now)
            }
            guard end == nil else { return }
        }
    }

    /// The call that `attempt` belongs to, if it still waits for an answer.
    private func openTask(_ attempt: CallAttempt) -> Int? {
        attempt.call.run == id && open.contains(attempt.call.number) ? attempt.call.number : nil
    }

    mutating func send(_ index: Int, attempt: Int, input: [UInt8], at now: MonotonicInstant) {
        guard case .call(let function) = tasks[index].step.work else { return }
        let deadline = now.advanced(byNanoseconds: function.timeoutNanoseconds)
        tasks[index].state = .calling(Call(attempt: attempt, phase: .sent(at: now, until: deadline), input: input))
        open.insert(index)
        let attempt = CallAttempt(CallID(run: id, number: index), attempt: attempt)
        actions.append(.invoke(Invocation(attempt: attempt, call: function, input: input)))
    }

    /// Writes down the attempt that `index` has open, if it has one.
    mutating func close(_ index: Int, functionSeconds: Double?, failure: String?, at now: MonotonicInstant) {
        guard case .calling(let call) = tasks[index].state, case .sent(let start, _) = call.phase,
            case .call(let function) = tasks[index].step.work
        else { return }
        spans.append(
            FunctionSpan(
                step: path(of: index), function: function.function, attempt: call.attempt, start: start, end: now,
                functionSeconds: functionSeconds, failure: failure))
    }
}
