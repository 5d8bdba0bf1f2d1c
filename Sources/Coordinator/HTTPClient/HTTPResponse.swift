/// What stands before the body of an answer.
public struct HTTPResponseHead: Hashable, Sendable {
    /// The status code, 200 and above.
    public let status: Int
    /// The header fields.
    public let headers: HTTPHeaders

    /// A head as described.
    public init(status: Int, headers: HTTPHeaders) {
        self.status = status
        self.headers = headers
    }
}

/// A whole answer.
public struct HTTPResponse: Hashable, Sendable {
    /// The status code, 200 and above.
    public let status: Int
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body; empty when there is none.
    public let body: [UInt8]

    /// An answer as described.
    public init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
