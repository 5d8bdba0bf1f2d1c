/// A function as a trace names and describes it.
public struct TraceFunction: Sendable, Hashable {
    /// Its name: owner, application and function as the trace has them, with a slash between.
    public let name: String
    /// What starts it, as the trace says; empty where it does not.
    public let trigger: String
    /// Execution time in milliseconds; nil where the trace has no such table.
    public let milliseconds: PercentileSummary?
    /// Memory in megabytes; nil where the trace has no such table.
    public let megabytes: PercentileSummary?

    /// The function called `name`.
    public init(
        name: String, trigger: String = "", milliseconds: PercentileSummary? = nil, megabytes: PercentileSummary? = nil
    ) {
        self.name = name
        self.trigger = trigger
        self.milliseconds = milliseconds
        self.megabytes = megabytes
    }
}
