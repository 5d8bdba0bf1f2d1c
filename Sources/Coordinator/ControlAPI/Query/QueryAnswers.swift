import Measures
import Placement
public import Telemetry
import Topology

/// What `reeve status` shows: what this coordinator runs and how it is.
public struct StatusAnswer: Codable, Sendable {
    /// The version that the coordinator runs.
    public var version: String
    /// Seconds since its start.
    public var uptimeSeconds: Double
    /// Nodes whose metrics are fresh; nil when telemetry is switched off.
    public var knownNodes: Int?
    /// Nodes that have said hello.
    public var heardNodes: Int?
    /// What became of messages that belong to no node.
    public var telemetry: TelemetryState.Counts?
    /// Who acts on the cluster; nil where there is no election.
    public var leadership: LeadershipAnswer?
    /// What placement does; nil when it is switched off.
    public var placement: PlacementStatus?
    /// The sections of the configuration that are switched on, as far as questions can be asked about them.
    public var parts: [String]
    /// How what is kept is; nil where nothing is kept.
    public var store: StoreAnswer?
}

/// What `reeve counters` shows: the newest value of every column of one node.
public struct CountersAnswer: Codable, Sendable {
    /// One column with its newest value, which is older than the newest sample where the column is read less often.
    public struct Row: Codable, Sendable {
        /// The metric, unit included.
        public var metric: String
        /// The part of the node: "system", "socket 0", "cpu 3".
        public var scope: String
        /// The value in the metric's unit; nil when there never was one.
        public var value: Double?
        /// Seconds since that value was taken; nil without a value.
        public var ageSeconds: Double?
        /// Where it was read.
        public var source: String
        /// How it came about.
        public var quality: String
        /// The event behind it, or why there is no value.
        public var detail: String?
    }

    /// The node.
    public var node: String
    /// Seconds since the newest sample was taken; nil before the first.
    public var ageSeconds: Double?
    /// One per column, in the agent's order.
    public var rows: [Row]

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
            let newest = telemetry.newestValue(ofColumn: index)
            return Row(
                metric: column.metric.name, scope: scope, value: newest?.value,
                ageSeconds: newest.map { now.seconds(since: $0.takenAt) }, source: column.source,
                quality: "\(column.quality)", detail: column.detail)
        }
    }
}

/// What `reeve functions` shows: where each function runs, with how many replicas.
public struct FunctionsAnswer: Codable, Sendable {
    /// One function.
    public struct Row: Codable, Sendable {
        /// The function.
        public var function: String
        /// The node that it runs on, if known.
        public var node: String?
        /// The replicas that it is to have, if known.
        public var replicas: Int?
        /// Those of them that serve, if known.
        public var readyReplicas: Int?
    }

    /// The functions by name.
    public var functions: [Row]
}

/// What `reeve decisions` shows.
public struct DecisionsAnswer: Codable, Sendable {
    /// Oldest first.
    public var decisions: [DecisionJournal.Entry]
}

/// What orders about placement are answered with.
public struct PolicyAnswer: Codable, Sendable {
    /// The session as it is now.
    public var session: Session

    /// The status with the session's own fields beside it.
    public struct Session: Codable, Sendable {
        /// The journal's number of its start; nil while it has not begun.
        public var id: Int64?
        /// Who decides.
        public var scheduler: String?
        /// The name of the preset.
        public var preset: String?
        /// The learner's seed.
        public var seed: UInt64?
        /// The steps over which exploration is spread.
        public var trainingSteps: Int?
        /// "training" or "frozen".
        public var mode: String?
        /// "idle", "running", "paused" or "exhausted".
        public var state: String
        /// Requests served since the coordinator's start.
        public var requests: Int
        /// Of these, how many kept their target.
        public var served: Int
        /// Steps that the learner has recorded.
        public var steps: Int?
        /// Gradient steps that it has made.
        public var gradientSteps: Int?
        /// The probability of a random choice now.
        public var epsilon: Double?
        /// From which checkpoint the learner came, if it was one.
        public var restored: String?
        /// The newest failure, one sentence.
        public var lastFailure: String?
    }

    /// The answer that tells `status`.
    public init(_ status: PlacementStatus) {
        session = Session(
            id: status.sessionID, scheduler: status.session?.scheduler.rawValue, preset: status.session?.preset,
            seed: status.session?.seed, trainingSteps: status.session?.trainingSteps,
            mode: status.session?.mode.rawValue, state: status.state.rawValue, requests: status.requests,
            served: status.served, steps: status.learnerSteps, gradientSteps: status.gradientSteps,
            epsilon: status.epsilon, restored: status.restored, lastFailure: status.lastFailure)
    }
}
