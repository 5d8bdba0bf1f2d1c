/// What a request is about: the path's segments and the query's names and values, decoded (RFC 3986).
struct RequestTarget: Hashable, Sendable {
    let segments: [String]
    /// Each name once.
    let query: [String: String]

    /// Reads a target in origin form, "/nodes?limit=3", or in absolute form, which proxies send (RFC 9112, section 3.2).
    /// Throws `Problem` for anything else, for escapes that are none, and for a name that comes twice.
    init(_ text: String) throws(Problem) {
        var rest = text.utf8[...]
        if rest.first != UInt8(ascii: "/") {
            guard let scheme = text.firstRange(of: "://") else {
                throw .badRequest("the target \(text.prefix(100)) is no path: allowed is what begins with /")
            }
            rest = rest[scheme.upperBound...]
            rest = rest[(rest.firstIndex { $0 == UInt8(ascii: "/") } ?? rest.endIndex)...]
        }
        let mark = rest.firstIndex { $0 == UInt8(ascii: "?") } ?? rest.endIndex
        var segments: [String] = []
        for part in rest[..<mark].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            segments.append(try Self.decode(part, plusIsSpace: false))
        }
        // "/" alone is the path without segments, not one with an empty segment.
        self.segments = segments == [""] ? [] : segments
        var query: [String: String] = [:]
        for pair in rest[mark...].dropFirst().split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decode(parts[0], plusIsSpace: true)
            let value = parts.count == 2 ? try Self.decode(parts[1], plusIsSpace: true) : ""
            guard query.updateValue(value, forKey: name) == nil else {
                throw .badRequest("\(name) comes twice in the query: allowed is once")
            }
        }
        self.query = query
    }

    private static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool) throws(Problem) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    throw .badRequest("a % in the target is not followed by two hexadecimal digits")
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .badRequest("the target is not UTF-8 once it is decoded")
        }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
