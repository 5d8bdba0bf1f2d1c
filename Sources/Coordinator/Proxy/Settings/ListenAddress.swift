/// Where the proxy listens, or is found to listen.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IP address, or a name that stands for one.
    public var host: String
    /// The port; 0 lets the kernel choose one.
    public var port: Int

    /// An address as described. Throws `ProxyError` for a port beyond 0...65535 and an empty host.
    public init(host: String, port: Int) throws(ProxyError) {
        guard !host.isEmpty else { throw ProxyError("an address to listen on has no host: allowed is an IP address") }
        guard (0...65_535).contains(port) else {
            throw ProxyError("\(host):\(port) cannot be listened on: allowed are the ports 0 to 65535")
        }
        self.host = host
        self.port = port
    }

    /// Takes `host:port`; an IPv6 address stands in brackets. Throws `ProxyError` for anything else.
    public init(_ text: String) throws(ProxyError) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
            throw ProxyError(
                "\"\(text)\" cannot be listened on: allowed is host:port, with an IPv6 address in brackets")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        try self.init(host: String(host), port: port)
    }

    /// `host:port`, with an IPv6 address in brackets.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
