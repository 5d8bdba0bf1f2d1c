/// How a request proves who sends it. Its description never shows the secret.
public enum HTTPCredential: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// A bearer token (RFC 6750).
    case bearer(String)
    /// A token of the scheme "Token", which InfluxDB 2.x has in place of RFC 6750.
    case token(String)
    /// A user name with a password (RFC 7617).
    case basic(user: String, password: String)
    /// An AWS access key, with which libcurl signs the request (Signature Version 4) for a service, "s3", of a region.
    case accessKey(id: String, secret: String, region: String, service: String)

    /// The kind, without the secret.
    public var description: String {
        switch self {
        case .bearer: "a bearer token"
        case .token: "a token"
        case .basic: "a user name with a password"
        case .accessKey(let id, _, _, _): "the access key \(id)"
        }
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Nothing: `dump` would print the secret otherwise.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// The value of the Authorization header; nil where libcurl makes it, for it depends on the request.
    var headerValue: String? {
        switch self {
        case .bearer(let token): "Bearer \(token)"
        case .token(let token): "Token \(token)"
        case .basic(let user, let password): "Basic \(Self.base64(Array("\(user):\(password)".utf8)))"
        case .accessKey: nil
        }
    }

    /// Whether it can be sent: control characters could end a header field.
    var isSendable: Bool {
        let texts: [String]
        switch self {
        case .bearer, .token, .basic: texts = [headerValue].compactMap(\.self)
        case .accessKey(let id, let secret, let region, let service): texts = [id, secret, region, service]
        }
        return !texts.contains { $0.utf8.contains { $0 < 0x20 || $0 == 0x7f } }
    }

    /// `bytes` in base64 (RFC 4648, section 4).
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 0x3f)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
