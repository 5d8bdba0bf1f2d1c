/// The part of a node that a value belongs to.
public enum Scope: Hashable, Sendable, Codable {
    /// One logical CPU, by its number in the kernel's list.
    case core(Int)
    /// One physical package, by its number in the kernel's topology.
    case socket(Int)
    /// The whole node.
    case system
}

/// How a value came about.
public enum Quality: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// Counted by hardware.
    case measured = 1
    /// Computed from measured values by an exact formula.
    case derived = 2
    /// Computed under an assumption that may not hold.
    case estimate = 3
    /// Not to be had on this machine; the column's reason says why, and its values are always absent.
    case unavailable = 4
}

/// One column of a node's telemetry: the meaning of one number in each sample.
public struct Column: Hashable, Sendable, Codable {
    /// What is measured, unit included.
    public let metric: Metric
    /// Of which part of the node.
    public let scope: Scope
    /// Where the value is read, for example "msr" or "pci".
    public let source: String
    /// How the value came about.
    public let quality: Quality
    /// The event behind the metric where several could stand under its name, or why there is no value.
    public let detail: String?
    /// The least time between two values of the column, in milliseconds, where it is not read at each sample whatever
    /// the interval; a value then covers the time since the column's value before it. Nil, or no longer than the
    /// interval: there is one in each sample.
    public let periodMilliseconds: UInt32?

    /// A column as described.
    public init(
        metric: Metric, scope: Scope, source: String, quality: Quality, detail: String? = nil,
        periodMilliseconds: UInt32? = nil
    ) {
        self.metric = metric
        self.scope = scope
        self.source = source
        self.quality = quality
        self.detail = detail
        self.periodMilliseconds = periodMilliseconds
    }
}

/// The columns of a node's samples, in their order. An agent that changes its columns raises the version.
public struct ColumnTable: Hashable, Sendable, Codable {
    /// Which of the agent's tables this is; samples name the version they were taken under.
    public let version: UInt32
    /// The meaning of the numbers, in their order.
    public let columns: [Column]

    /// Table `version` with `columns`.
    public init(version: UInt32, columns: [Column]) {
        self.version = version
        self.columns = columns
    }
}
