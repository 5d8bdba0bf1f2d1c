/// What one line of the history is of: a metric, whose it is, and of which part.
public struct SeriesIdentity: Hashable, Sendable {
    /// Whose metric it is.
    public enum Subject: Hashable, Sendable {
        /// A worker node's.
        case node(String)
        /// A workflow's.
        case workflow(String)
        /// A function's.
        case function(String)
        /// The coordinator's own.
        case coordinator
    }

    /// What is measured, its unit last, as Prometheus names metrics.
    public let metric: String
    /// Whose it is.
    public let subject: Subject
    /// The part of a node: "system", "socket 0", "cpu 3"; "system" for whatever has no parts.
    public let scope: String

    /// The scope of what is no part of anything.
    public static let wholeScope = "system"

    /// The series of `metric` of `subject`, of one part of it or of all.
    public init(metric: String, subject: Subject, scope: String = wholeScope) {
        self.metric = metric
        self.subject = subject
        self.scope = scope
    }

    /// Whether values only rise and are kept to the last bit, because what matters of them are small differences.
    public var isCounter: Bool { metric.hasSuffix("_total") }
}

/// The number under which the database knows a series; a series keeps its number for as long as anything is kept of it.
public struct SeriesNumber: RawRepresentable, Hashable, Sendable {
    /// The number, from 0.
    public let rawValue: Int32
    /// The series of this number.
    public init(rawValue: Int32) { self.rawValue = rawValue }
}
