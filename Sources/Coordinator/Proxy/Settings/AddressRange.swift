#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A range of IP addresses, such as `10.0.0.0/8`.
public struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    /// The range as it was written.
    public let description: String
    private let base: [UInt8]
    private let prefixBits: Int

    /// Takes an IPv4 or IPv6 address, alone or with the length of a prefix. Throws `ProxyError` for anything else.
    public init(_ text: String) throws(ProxyError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let base = Self.bytes(of: String(first)) else { throw Self.refused(text) }
        var bits = base.count * 8
        if parts.count == 2 {
            guard let written = Int(parts[1]), (0...bits).contains(written) else { throw Self.refused(text) }
            bits = written
        }
        self.base = base
        prefixBits = bits
        description = text
    }

    /// Whether the address of four or sixteen bytes lies in it; an IPv4 address may be written as an IPv6 one
    /// (RFC 4291, section 2.5.5.2).
    public func contains(_ address: [UInt8]) -> Bool {
        guard address.count == base.count else {
            let isMapped =
                address.count == 16 && address[..<10].allSatisfy { $0 == 0 } && address[10] == 255
                && address[11] == 255
            return isMapped && base.count == 4 && contains(Array(address[12...]))
        }
        let whole = prefixBits / 8
        guard base[..<whole] == address[..<whole] else { return false }
        let rest = prefixBits % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xff << (8 - rest))
        return base[whole] & mask == address[whole] & mask
    }

    private static func refused(_ text: String) -> ProxyError {
        ProxyError("\"\(text)\" is no range of addresses: allowed is an IP address, or one with /prefix after it")
    }

    /// The octets of the IP address `text`.
    static func bytes(of text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var octets = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &octets) == 1 { return octets }
        }
        return nil
    }
}
