/// How much the proxy takes in, in bytes unless said otherwise.
public struct ProxyLimits: Hashable, Sendable {
    /// The longest head of a message, its first line included. A longer one of a client is answered 431, of a worker
    /// 502.
    public var headBytes: Int
    /// The longest target of a request; a longer one is answered 414.
    public var targetBytes: Int
    /// The largest body of a request; a larger one is answered 413. Nil where there is no such limit.
    public var bodyBytes: Int?
    /// How much of a body is held, so that the request can be sent again to another worker. A request with a larger
    /// body is sent once, unless nothing of it had been sent.
    public var heldBodyBytes: Int
    /// The most connections of clients; nil where descriptors alone decide. Who comes beyond it waits in the kernel's
    /// queue of the listening socket.
    public var clientConnections: Int?
    /// How many functions have figures of their own; those of later ones are added up as one.
    public var measuredFunctions: Int

    /// Limits as described; all must be positive.
    public init(
        headBytes: Int = 65_536, targetBytes: Int = 16_384, bodyBytes: Int? = nil, heldBodyBytes: Int = 65_536,
        clientConnections: Int? = nil, measuredFunctions: Int = 256
    ) {
        self.headBytes = headBytes
        self.targetBytes = targetBytes
        self.bodyBytes = bodyBytes
        self.heldBodyBytes = heldBodyBytes
        self.clientConnections = clientConnections
        self.measuredFunctions = measuredFunctions
    }
}
