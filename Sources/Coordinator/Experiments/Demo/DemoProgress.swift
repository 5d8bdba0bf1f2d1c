public import Placement
import Reports

/// How far a demo has come, as it is shown while it runs.
public struct DemoProgress: Sendable, Hashable {
    /// Who decides.
    public var scheduler: Scheduler
    /// Training or inference.
    public var phase: DarlyPhase
    /// Requests served in this phase.
    public var step = 0
    /// Requests of the whole phase.
    public var steps: Int
    /// Requests that kept their target.
    public var kept = 0
    /// Latency of the newest request, in seconds; nil before the first.
    public var latencySeconds: Double?
    /// Target of the newest request, in seconds; nil before the first.
    public var targetSeconds: Double?
    /// The probability of a random choice; nil for schedulers that do not explore.
    public var epsilon: Double?
    /// Milliseconds of real time per request so far; nil before the first.
    public var millisecondsPerStep: Double?

    /// The beginning of `phase` of `scheduler`.
    public init(scheduler: Scheduler, phase: DarlyPhase, steps: Int) {
        self.scheduler = scheduler
        self.phase = phase
        self.steps = steps
    }

    /// The line for a terminal or a log, without a bar.
    public var text: String {
        var parts = ["\(scheduler.rawValue) \(phase.rawValue)", "step \(step)/\(steps)"]
        if step > 0 { parts.append("met \(kept)/\(step)") }
        if let latencySeconds, let targetSeconds {
            parts.append("latency \(Self.tenths(latencySeconds)) s, target \(Self.tenths(targetSeconds)) s")
        }
        if let epsilon { parts.append("epsilon \(Self.hundredths(epsilon))") }
        if let millisecondsPerStep { parts.append("\(Self.tenths(millisecondsPerStep)) ms/step") }
        return parts.joined(separator: ", ")
    }

    /// The share of the phase that is done, 0 to 1.
    public var share: Double { steps == 0 ? 1 : min(1, Double(step) / Double(steps)) }

    private static func tenths(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }
    private static func hundredths(_ value: Double) -> String { NumberText.fixed(value, decimals: 2) }
}
