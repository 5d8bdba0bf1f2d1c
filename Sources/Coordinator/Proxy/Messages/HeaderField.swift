/// One line of a head: where its parts are, counted from the head's first octet, and which field it is.
struct HeaderField: Hashable, Sendable {
    let kind: FieldKind
    private let nameStart: UInt32
    private let nameCount: UInt32
    private let valueStart: UInt32
    private let valueCount: UInt32

    init(kind: FieldKind, name: Range<Int>, value: Range<Int>) {
        self.kind = kind
        nameStart = UInt32(name.lowerBound)
        nameCount = UInt32(name.count)
        valueStart = UInt32(value.lowerBound)
        valueCount = UInt32(value.count)
    }

    var name: Range<Int> { Int(nameStart)..<Int(nameStart + nameCount) }
    /// Without the white space around it.
    var value: Range<Int> { Int(valueStart)..<Int(valueStart + valueCount) }
}

/// The fields that the proxy does something about.
enum FieldKind: UInt8, Sendable {
    case other
    case connection
    case contentLength
    case date
    case expect
    case forwardedFor
    case forwardedHost
    case forwardedProto
    case host
    case http2Settings
    case keepAlive
    case proxy
    case proxyAuthorization
    case proxyConnection
    case requestID
    case retryAfter
    case te
    case transferEncoding
    case upgrade

    /// Fields for one hop only (RFC 9110, section 7.6.1), and `Proxy`, which CGI programs take for a setting of theirs
    /// (CVE-2016-5385).
    var endsHere: Bool {
        switch self {
        case .connection, .keepAlive, .proxyConnection, .proxyAuthorization, .proxy, .te, .transferEncoding, .upgrade,
            .http2Settings:
            true
        case .other, .contentLength, .date, .expect, .forwardedFor, .forwardedHost, .forwardedProto, .host, .requestID,
            .retryAfter:
            false
        }
    }

    /// The field called as the octets in `range`.
    static func named(_ octets: Span<UInt8>, _ range: Range<Int>) -> FieldKind {
        switch range.count {
        case 2: octets.holds("te", in: range) ? .te : .other
        case 4: octets.holds("host", in: range) ? .host : octets.holds("date", in: range) ? .date : .other
        case 5: octets.holds("proxy", in: range) ? .proxy : .other
        case 6: octets.holds("expect", in: range) ? .expect : .other
        case 7: octets.holds("upgrade", in: range) ? .upgrade : .other
        case 10:
            octets.holds("connection", in: range)
                ? .connection : octets.holds("keep-alive", in: range) ? .keepAlive : .other
        case 11: octets.holds("retry-after", in: range) ? .retryAfter : .other
        case 12: octets.holds("x-request-id", in: range) ? .requestID : .other
        case 14:
            octets.holds("content-length", in: range)
                ? .contentLength : octets.holds("http2-settings", in: range) ? .http2Settings : .other
        case 15: octets.holds("x-forwarded-for", in: range) ? .forwardedFor : .other
        case 16:
            octets.holds("x-forwarded-host", in: range)
                ? .forwardedHost : octets.holds("proxy-connection", in: range) ? .proxyConnection : .other
        case 17:
            octets.holds("transfer-encoding", in: range)
                ? .transferEncoding : octets.holds("x-forwarded-proto", in: range) ? .forwardedProto : .other
        case 19: octets.holds("proxy-authorization", in: range) ? .proxyAuthorization : .other
        default: .other
        }
    }
}
