/// Where a worker is reached: scheme, host and port.
///
/// The text is the worker's identity for the operator; two spellings of one address are one worker.
public struct WorkerAddress: Hashable, Sendable, CustomStringConvertible {
    /// The whole address, such as `http://10.0.0.7:8081`; in lower case, the scheme always written out.
    public let text: String
    /// The host alone. Workers with one host share a machine, unless something better is known.
    public let host: String
    /// The port.
    public let port: Int

    /// Takes `http://host:port`, and `host:port`, which is how the olscheduler's configurations have it; an IPv6
    /// address stands in brackets. Throws `RoutingError` for anything else, a path included.
    public init(_ text: String) throws(RoutingError) {
        let lower = text.lowercased()
        let bare = lower.hasPrefix("http://") ? lower.dropFirst(7) : lower[...]
        let trimmed = bare.hasSuffix("/") ? bare.dropLast() : bare
        guard let colon = trimmed.lastIndex(of: ":"), let port = Int(trimmed[trimmed.index(after: colon)...]),
            (1...65_535).contains(port), Self.isHost(trimmed[..<colon])
        else {
            throw RoutingError(
                "\"\(text)\" is no address of a worker: allowed is host:port or http://host:port, ports 1 to 65535"
            )
        }
        host = String(trimmed[..<colon])
        self.port = port
        self.text = "http://\(host):\(port)"
    }

    /// The whole address.
    public var description: String { text }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("[") {
            return host.hasSuffix("]") && host.count > 2
                && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." || $0 == "%" }
        }
        return !host.isEmpty
            && host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_") }
    }
}
