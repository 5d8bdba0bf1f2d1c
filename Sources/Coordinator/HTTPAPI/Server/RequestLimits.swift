/// How much of a request is taken on.
struct RequestLimits: Sendable {
    /// Bytes of a body.
    var bodyBytes: Int
    /// A request whose body has not come by then loses its connection.
    var bodyNanoseconds: Int64
    /// Streams of events that may be open.
    var eventStreams: Int
}
