/// A part of the darly experiment.
public enum DarlyPhase: String, Sendable, Codable {
    /// The learner explores and learns.
    case training
    /// The learner's parameters are frozen and it acts greedily.
    case inference
}

extension DarlyResult {
    /// The steps of `phase`, counted from 0 whatever number the trace gave the first.
    func steps(of phase: DarlyPhase) -> [(index: Int, step: TraceEntry)] {
        let chosen = trace.filter { $0.phase == phase.rawValue }
        guard let first = chosen.map(\.step).min() else { return [] }
        return chosen.map { ($0.step - first, $0) }
    }

    /// The summary of `phase`; nil where there was none.
    func summary(of phase: DarlyPhase) -> DarlyPhaseResult? {
        switch phase {
        case .training: training
        case .inference: inference
        }
    }
}

extension DarlyResult.TraceEntry {
    /// The QoS quotient: latency over target (thesis, chapter 5); nil without a latency or a positive target.
    var quotient: Double? {
        guard let latencySeconds, qosSeconds > 0 else { return nil }
        return latencySeconds / qosSeconds
    }
}

extension DarlyPhaseResult {
    /// Runs over their target, loose and strict together.
    var violated: Int { loose.violated + strict.violated }
}
