/// One point of InfluxDB: what is measured, of what, the values, and when.
public struct InfluxPoint: Sendable {
    /// The value of a field. A field keeps its kind for ever: InfluxDB refuses points of another.
    public enum Value: Hashable, Sendable {
        /// A number with a fraction; what is not finite is left out.
        case float(Double)
        /// A whole number.
        case integer(Int64)
        /// Yes or no.
        case boolean(Bool)
        /// Text.
        case text(String)
    }

    /// What is measured, such as "reeve_node".
    public var measurement: String
    /// What it is measured of, each name once; InfluxDB keeps an index of all values, so they must be few.
    public var tags: [(key: String, value: String)]
    /// The values, each name once.
    public var fields: [(key: String, value: Value)]
    /// When, in nanoseconds since 1970.
    public var unixNanoseconds: Int64

    /// A point as described. A field without a value is left out: absent is not zero.
    public init(
        _ measurement: String, tags: [(key: String, value: String)], fields: [(key: String, value: Value?)],
        unixNanoseconds: Int64
    ) {
        self.measurement = measurement
        self.tags = tags
        self.fields = fields.compactMap { field in field.value.map { (field.key, $0) } }
        self.unixNanoseconds = unixNanoseconds
    }
}

extension InfluxPoint.Value {
    /// A count, as far as InfluxDB's whole numbers reach.
    public static func count(_ count: some BinaryInteger) -> Self { .integer(Int64(clamping: count)) }
}
