#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Where a server listens: an address and a port.
public struct HTTPAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IPv4 or IPv6 address without brackets, or "localhost".
    public let host: String
    /// The port; 0 for any that is free.
    public let port: Int

    /// Reads "127.0.0.1:9590", "[::1]:9590" or "localhost:9590"; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits), port <= 65_535
        else { return nil }
        var host = text[..<colon]
        let isBracketed = host.first == "[" && host.last == "]"
        if isBracketed { host = host.dropFirst().dropLast() }
        let name = String(host)
        guard isBracketed ? Self.isAddress(name, AF_INET6) : name == "localhost" || Self.isAddress(name, AF_INET) else {
            return nil
        }
        self.host = name
        self.port = port
    }

    /// Whether only this machine reaches it (RFC 5735, section 3; RFC 4291, section 2.5.3).
    public var isLoopback: Bool {
        var address = in6_addr()
        if inet_pton(AF_INET6, host, &address) == 1 {
            return withUnsafeBytes(of: &address) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
        }
        return host == "localhost" || host.hasPrefix("127.")
    }

    /// As it is written in a configuration.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var address = in6_addr()
        return inet_pton(family, text, &address) == 1
    }
}
