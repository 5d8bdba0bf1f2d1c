import Measures

extension Worker {
    /// Draws from a request's end what it says of the worker's health.
    mutating func judge(_ outcome: RequestOutcome, _ rules: HealthRules, at now: MonotonicInstant) {
        switch outcome {
        case .succeeded, .functionFailed:
            fullUntil = nil
            switch state {
            case .active, .probation: state = .active(.none)
            case .ejected, .draining, .removed: break
            }
        case .workerFailed: fail(rules, at: now)
        case .full(let retryAfterSeconds):
            fullUntil = now.advanced(byNanoseconds: nanoseconds(retryAfterSeconds ?? rules.fullSeconds))
        case .abandoned: break
        }
    }

    /// The worker fails its health check and takes nothing for `holdingSeconds` at least, by when the next check is due.
    mutating func foundUnwell(holdingSeconds: Double, _ rules: HealthRules, at now: MonotonicInstant) {
        let held = now.advanced(byNanoseconds: nanoseconds(holdingSeconds))
        switch state {
        case .active: state = ejected(number: 1, rules, at: now)
        case .probation(let ejections): state = ejected(number: ejections + 1, rules, at: now)
        case .ejected, .draining, .removed: break
        }
        if case .ejected(let until, let ejections) = state {
            state = .ejected(until: max(until, held), ejections: ejections)
        }
    }

    /// The worker passes its health check: an ejection ends, and requests will show the rest.
    mutating func foundWell() {
        if case .ejected(_, let ejections) = state { state = .probation(ejections: ejections) }
    }

    private mutating func fail(_ rules: HealthRules, at now: MonotonicInstant) {
        switch state {
        case .active(var failures):
            if let first = failures.first, now.seconds(since: first) > rules.failureWindowSeconds { failures = .none }
            failures = RecentFailures(count: failures.count + 1, first: failures.first ?? now)
            state = failures.count < rules.failuresToEject ? .active(failures) : ejected(number: 1, rules, at: now)
        case .probation(let ejections): state = ejected(number: ejections + 1, rules, at: now)
        // What was sent before the ejection fails after it: that is the same failure still.
        case .ejected, .draining, .removed: break
        }
    }

    private func ejected(number: Int, _ rules: HealthRules, at now: MonotonicInstant) -> WorkerState {
        .ejected(until: now.advanced(byNanoseconds: rules.ejectionNanoseconds(number: number)), ejections: number)
    }
}
