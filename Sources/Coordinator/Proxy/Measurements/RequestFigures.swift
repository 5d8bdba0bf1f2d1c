import Routing
import Topology

/// Outcomes and latencies of one worker or one function.
struct Figures: Sendable {
    var outcomes = OutcomeCounts()
    var latency = LatencyHistogram()

    mutating func count(_ outcome: RequestOutcome, after nanoseconds: UInt64) {
        outcomes.count(outcome)
        switch outcome {
        case .succeeded, .functionFailed: latency.record(nanoseconds: nanoseconds)
        case .workerFailed, .full, .abandoned: break
        }
    }
}

/// What is counted per worker and per function. There are as many workers as the operator names; functions are named
/// by clients, so those beyond a bound share one place.
struct RequestFigures: Sendable {
    var workers: [WorkerID: Figures] = [:]
    private var functions: [FunctionName: Figures] = [:]
    private var others: Figures?
    private let mostFunctions: Int

    init(mostFunctions: Int) {
        self.mostFunctions = mostFunctions
    }

    mutating func count(_ function: FunctionName, _ outcome: RequestOutcome, after nanoseconds: UInt64) {
        if let place = functions.index(forKey: function) {
            functions.values[place].count(outcome, after: nanoseconds)
        } else if functions.count < mostFunctions {
            functions[function, default: Figures()].count(outcome, after: nanoseconds)
        } else {
            var figures = others ?? Figures()
            others = nil
            figures.count(outcome, after: nanoseconds)
            others = figures
        }
    }

    /// Forgets workers that are not in `ids`.
    mutating func keepWorkers(_ ids: [WorkerID]) {
        guard workers.count > ids.count else { return }
        let kept = Set(ids)
        workers = workers.filter { kept.contains($0.key) }
    }

    var functionSnapshots: [ProxySnapshot.Function] {
        let named = functions.sorted { $0.key < $1.key }.map {
            ProxySnapshot.Function(name: $0.key, outcomes: $0.value.outcomes, latency: $0.value.latency)
        }
        return named
            + (others.map { [ProxySnapshot.Function(name: nil, outcomes: $0.outcomes, latency: $0.latency)] } ?? [])
    }
}
