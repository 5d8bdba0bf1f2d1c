/// Tells one state of an answer from another (RFC 9110, section 8.8.3), so that who has it already need not get it again.
struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    /// As the field ETag has it.
    let description: String

    /// The tag of `bytes`: their length and their FNV-1a hash of 64 bits (Fowler, Noll, Vo). Nobody gains by two answers
    /// of one tag, so it need not withstand an adversary.
    init(of bytes: [UInt8]) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        description = "\"\(String(bytes.count, radix: 16))-\(String(hash, radix: 16))\""
    }

    /// Whether `field`, an If-None-Match, names the tag; compared weakly, as RFC 9110, section 13.1.2 has it.
    func isNamed(in field: String?) -> Bool {
        guard let field else { return false }
        return field.split(separator: ",").contains { candidate in
            let name = candidate.trimmingPrefix { $0 == " " }
            let tag = name.hasPrefix("W/") ? name.dropFirst(2) : name[...]
            return tag == "*" || tag.prefix { $0 != " " } == description
        }
    }
}
