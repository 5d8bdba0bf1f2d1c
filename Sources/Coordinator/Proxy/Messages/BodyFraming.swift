/// How a body is delimited, and how much of it is still to come.
enum BodyFraming: Hashable, Sendable {
    /// There is none, or it has come to its end.
    case none
    /// So many octets are to come.
    case length(UInt64)
    /// It comes in chunks.
    case chunked(ChunkedBody)
    /// It ends with the connection.
    case untilClose

    /// Whether all of it has come.
    var isComplete: Bool {
        if case .none = self { true } else { false }
    }

    /// Whether its octets are framed in chunks.
    var isChunked: Bool {
        if case .chunked = self { true } else { false }
    }

    /// Takes from `octets` what belongs to it from `start` on, names the ranges of data in it to `data`, and returns
    /// where it ends. Throws `MessageError` for bad chunks.
    mutating func take(
        _ octets: Span<UInt8>, from start: Int, data: (Range<Int>) -> Void
    ) throws(MessageError) -> Int {
        switch self {
        case .none: return start
        case .length(let remaining):
            let count = Int(min(remaining, UInt64(octets.count - start)))
            if count > 0 { data(start..<start + count) }
            self = remaining == UInt64(count) ? .none : .length(remaining - UInt64(count))
            return start + count
        case .chunked(var body):
            // When this throws the body stays incomplete, so that its connection is closed.
            let end = try body.take(octets, from: start, data: data)
            self = body.isComplete ? .none : .chunked(body)
            return end
        case .untilClose:
            if start < octets.count { data(start..<octets.count) }
            return octets.count
        }
    }
}
