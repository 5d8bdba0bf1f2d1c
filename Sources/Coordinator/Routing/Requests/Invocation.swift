public import Topology

/// A request on its way in: what the router knows of it.
public struct Invocation: Hashable, Sendable {
    /// The function that is called.
    public var function: FunctionName
    /// What the generic hash is taken of: path and query as the client sent them.
    public var uri: String
    /// The client's address as bytes, four or sixteen; empty when it is not known.
    public var client: [UInt8]

    /// An invocation of `function`; its own path stands for `uri` when there is none.
    public init(function: FunctionName, uri: String? = nil, client: [UInt8] = []) {
        self.function = function
        self.uri = uri ?? "/function/\(function.rawValue)"
        self.client = client
    }
}
