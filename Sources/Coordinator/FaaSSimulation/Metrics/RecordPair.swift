/// Gives each record to two sinks.
public struct RecordPair<First: InvocationSink, Second: InvocationSink>: InvocationSink {
    /// The sinks.
    public var first: First, second: Second

    /// A sink for both.
    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    @inlinable
    public mutating func record(_ record: borrowing InvocationRecord) {
        first.record(record)
        second.record(record)
    }
}

extension RecordPair: Sendable where First: Sendable, Second: Sendable {}
