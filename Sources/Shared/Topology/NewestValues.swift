public import Measures

/// The newest value of each column with the instant it was taken at. A column that has no value in the newest sample, as
/// one that is read less often than others, keeps the one before; a column that never had one has none.
public struct NewestValues: Sendable {
    private var values: [Double]
    /// When each value was taken; before the first one, the end of the time line, which no sample is taken at.
    private var takenAt: [MonotonicInstant]

    private static let never = MonotonicInstant(nanoseconds: .max)

    /// No values yet of so many columns.
    public init(columnCount: Int) {
        values = Array(repeating: 0, count: columnCount)
        takenAt = Array(repeating: Self.never, count: columnCount)
    }

    /// Takes one sample's values and presence words, as `Sample` holds them; absent values and those that are no finite
    /// numbers leave the ones before. A sample of another number of columns is passed over.
    public mutating func take(values new: ArraySlice<Double>, presence: ArraySlice<UInt64>, takenAt instant: MonotonicInstant) {
        guard new.count == values.count, presence.count == (values.count + 63) / 64 else { return }
        for (index, word) in presence.enumerated() {
            var remaining = word
            while remaining != 0 {
                let column = index * 64 + remaining.trailingZeroBitCount
                remaining &= remaining - 1
                guard column < values.count else { break }
                let value = new[new.startIndex + column]
                guard value.isFinite else { continue }
                values[column] = value
                takenAt[column] = instant
            }
        }
    }

    /// The newest value of `column` and when it was taken; nil when it never had one or there is no such column.
    public subscript(column: Int) -> (value: Double, takenAt: MonotonicInstant)? {
        guard values.indices.contains(column), takenAt[column] != Self.never else { return nil }
        return (values[column], takenAt[column])
    }
}
