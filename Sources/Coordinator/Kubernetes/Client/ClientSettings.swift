/// How the API server is spoken to.
public struct ClientSettings: Hashable, Sendable {
    /// Who writes: the name under which the server keeps which fields are whose.
    public var fieldManager: String
    /// The User-Agent header.
    public var userAgent: String
    /// Requests that may be sent at once before they are spread out. client-go's default is 10 (rest/config.go).
    public var burst: Int
    /// Requests a second in the long run. client-go's default is 5.
    public var requestsPerSecond: Double
    /// When a request that failed is sent again.
    public var retry: RetryPolicy
    /// How long a connection may take, in milliseconds.
    public var connectMilliseconds: Int
    /// How long a request may take each time it is sent, in milliseconds; watches have times of their own.
    public var requestMilliseconds: Int
    /// The largest answer, in bytes: a page of 500 large pods has some 10 MB.
    public var maximumResponseBytes: Int
    /// Objects asked for at once when a list is read in pages. client-go's default is 500 (tools/pager).
    public var pageSize: Int

    /// Settings as described.
    public init(
        fieldManager: String = "reeve", userAgent: String = "reeve", burst: Int = 30, requestsPerSecond: Double = 20,
        retry: RetryPolicy = RetryPolicy(), connectMilliseconds: Int = 5_000, requestMilliseconds: Int = 30_000,
        maximumResponseBytes: Int = 64 << 20, pageSize: Int = 500
    ) {
        self.fieldManager = fieldManager
        self.userAgent = userAgent
        self.burst = burst
        self.requestsPerSecond = requestsPerSecond
        self.retry = retry
        self.connectMilliseconds = connectMilliseconds
        self.requestMilliseconds = requestMilliseconds
        self.maximumResponseBytes = maximumResponseBytes
        self.pageSize = pageSize
    }
}
