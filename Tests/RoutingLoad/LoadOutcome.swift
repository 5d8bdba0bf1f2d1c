/// What became of a request, as its client saw it; one byte for each request in the file of results.
enum LoadOutcome: UInt8 {
    case notAsked = 0
    /// The answer of its worker, to the last byte.
    case right = 1
    /// An answer that is not the one to this request, or a second one.
    case wrong = 2
    /// The connection ended in the middle of the answer.
    case cutShort = 3
    /// The connection ended before the answer.
    case closed = 4
    /// Neither an answer nor an end in all the time there was.
    case unanswered = 5
    /// 502, 503 and 504: the proxy says that no worker served it.
    case badGateway = 6
    case unavailable = 7
    case gatewayTimeout = 8
}
