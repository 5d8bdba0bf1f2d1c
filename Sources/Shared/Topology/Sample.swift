/// One reading of all of a node's columns. A value that could not be had is absent: its bit is clear and its number
/// means nothing.
public struct Sample: Hashable, Sendable {
    /// One number per column, in the table's order.
    public let values: [Double]
    /// Bit i % 64 of word i / 64 is set where column i has a value.
    public let presence: [UInt64]

    /// A sample of `values`, each present or absent; nil means absent.
    public init(_ values: [Double?]) {
        self.values = values.map { $0 ?? 0 }
        var words = [UInt64](repeating: 0, count: (values.count + 63) / 64)
        for (column, value) in values.enumerated() where value != nil {
            words[column / 64] |= 1 << UInt64(column % 64)
        }
        presence = words
    }

    /// A sample from its stored form; nil unless `presence` has exactly the words that `values` needs.
    public init?(values: [Double], presence: [UInt64]) {
        guard presence.count == (values.count + 63) / 64 else { return nil }
        self.values = values
        self.presence = presence
    }

    /// The sample with further columns behind its own; nil means absent.
    public func appending(_ further: [Double?]) -> Sample {
        var values = values
        var presence = presence
        values.reserveCapacity(values.count + further.count)
        for value in further {
            if values.count % 64 == 0 { presence.append(0) }
            if value != nil { presence[presence.count - 1] |= 1 << UInt64(values.count % 64) }
            values.append(value ?? 0)
        }
        return Sample(trustedValues: values, presence: presence)
    }

    private init(trustedValues values: [Double], presence: [UInt64]) {
        self.values = values
        self.presence = presence
    }

    /// The value of `column`, or nil when it is absent or there is no such column.
    public subscript(column: Int) -> Double? {
        guard values.indices.contains(column), presence[column / 64] & (1 << UInt64(column % 64)) != 0 else { return nil }
        return values[column]
    }
}
