/// A request's method, as far as it matters here.
enum Method: Sendable {
    case get
    case head
    case put
    case delete
    case options
    case trace
    case connect
    /// POST, PATCH and all others.
    case other

    init(_ octets: Span<UInt8>, _ range: Range<Int>) {
        switch octets.text(in: range) {
        case "GET": self = .get
        case "HEAD": self = .head
        case "PUT": self = .put
        case "DELETE": self = .delete
        case "OPTIONS": self = .options
        case "TRACE": self = .trace
        case "CONNECT": self = .connect
        default: self = .other
        }
    }

    /// Doing it twice is meant to have the effect of doing it once (RFC 9110, section 9.2.2).
    var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        case .connect, .other: false
        }
    }
}
