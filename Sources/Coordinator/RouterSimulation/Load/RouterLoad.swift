/// How requests come.
public enum RouterLoad: Hashable, Sendable {
    /// One every `intervalMilliseconds`, answered or not: the thesis' asynchronous client.
    case open(requests: Int, intervalMilliseconds: Double)
    /// `clients` that each send the next when the one before is answered, until `seconds` have passed.
    case closed(clients: Int, seconds: Double)

    /// 1493 requests, one every 201 ms: what the thesis' client issued in five minutes.
    public static let thesis = RouterLoad.open(requests: 1493, intervalMilliseconds: 201)

    /// The thesis' five minutes, in milliseconds: what has not ended by then is missing in its figures.
    public static let windowMilliseconds = 300_000.0
}
