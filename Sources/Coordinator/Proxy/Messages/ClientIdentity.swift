import NIOCore

/// Who is at the other end of a client's connection.
struct ClientIdentity: Sendable {
    /// Four or sixteen octets; none when it is not known.
    let octets: [UInt8]
    /// As X-Forwarded-For has it.
    let text: String
    /// Whether it is believed what it says of clients behind it.
    let isTrusted: Bool

    init(_ address: SocketAddress?, trusting ranges: [AddressRange]) {
        octets = address?.ipAddress.flatMap(AddressRange.bytes) ?? []
        text = address?.ipAddress ?? "unknown"
        let octets = octets
        isTrusted = ranges.contains { $0.contains(octets) }
    }
}
