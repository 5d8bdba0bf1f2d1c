import Placement

/// What a demo reads from the coordinator's answers; whatever else stands in them is ignored.
enum DemoAnswers {
    /// The answer to `nodes`.
    struct Nodes: Decodable {
        struct Node: Decodable {
            let node: String
            let state: String
            let reason: String?
        }

        let nodes: [Node]
    }

    /// The answer to `policy`, `policy-start` and `policy-evaluate`.
    struct Policy: Decodable {
        struct Session: Decodable {
            /// nil while the session that was asked for has not begun.
            let id: Int64?
            let scheduler: String?
            let mode: String?
            /// "idle", "running", "paused" or "exhausted".
            let state: String
            let epsilon: Double?
            let lastFailure: String?
        }

        let session: Session
    }

    /// The answer to `decisions`.
    struct Decisions: Decodable {
        struct Entry: Decodable {
            let sequence: Int64
            let session: Int64
            let record: DecisionRecord
        }

        let decisions: [Entry]
    }
}
