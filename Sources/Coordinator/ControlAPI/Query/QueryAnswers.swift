import Measures
import Placement
import Telemetry
import Topology

/// What `reeve status` shows: what this coordinator runs and how it is.
struct StatusAnswer: Codable {
    var version: String
    var uptimeSeconds: Double
    /// Nodes whose metrics are fresh, and all that have said hello; nil when telemetry is switched off.
    var knownNodes: Int?
    var heardNodes: Int?
    var telemetry: TelemetryState.Counts?
    var placement: PlacementStatus?
}

/// What `reeve counters` shows: every column of one node's newest sample.
struct CountersAnswer: Codable {
    /// One column with its value; no value when it is absent.
    struct Row: Codable {
        var metric: String
        var scope: String
        var value: Double?
        var source: String
        var quality: String
        var detail: String?
    }

    var node: String
    var ageSeconds: Double?
    var rows: [Row]

    init(_ telemetry: NodeTelemetry, at now: MonotonicInstant) {
        node = telemetry.node.rawValue
        ageSeconds = telemetry.latestTakenAt.map { now.seconds(since: $0) }
        rows = telemetry.columns.columns.enumerated().map { index, column in
            let scope =
                switch column.scope {
                case .system: "system"
                case .socket(let number): "socket \(number)"
                case .core(let number): "cpu \(number)"
                }
            return Row(
                metric: column.metric.name, scope: scope, value: telemetry.latest?[index], source: column.source,
                quality: "\(column.quality)", detail: column.detail)
        }
    }
}

/// What `reeve functions` shows: where each function runs, with how many replicas.
struct FunctionsAnswer: Codable {
    struct Row: Codable {
        var function: String
        var node: String?
        var replicas: Int?
    }

    var functions: [Row]
}

/// What `reeve decisions` shows.
struct DecisionsAnswer: Codable {
    var decisions: [DecisionJournal.Entry]
}

/// What orders about placement are answered with.
struct PolicyAnswer: Codable {
    var session: Session

    /// The status with the session's own fields beside it.
    struct Session: Codable {
        var id: Int64?
        var scheduler: String?
        var preset: String?
        var seed: UInt64?
        var trainingSteps: Int?
        var mode: String?
        var state: String
        var requests: Int
        var served: Int
        var steps: Int?
        var gradientSteps: Int?
        var epsilon: Double?
        var restored: String?
        var lastFailure: String?
    }

    init(_ status: PlacementStatus) {
        session = Session(
            id: status.sessionID, scheduler: status.session?.scheduler.rawValue, preset: status.session?.preset,
            seed: status.session?.seed, trainingSteps: status.session?.trainingSteps,
            mode: status.session?.mode.rawValue, state: status.state.rawValue, requests: status.requests,
            served: status.served, steps: status.learnerSteps, gradientSteps: status.gradientSteps,
            epsilon: status.epsilon, restored: status.restored, lastFailure: status.lastFailure)
    }
}
