public import HTTPClient

/// Where points are written.
public struct InfluxDestination: Hashable, Sendable {
    /// What in the database they are written to.
    public enum Place: Hashable, Sendable {
        /// A database of InfluxDB 1.x, under a retention policy, without one the database's own.
        case database(String, retentionPolicy: String?)
        /// A bucket of InfluxDB 2.x.
        case bucket(String, organization: String)
    }

    /// Who writes: a file, which is read before each batch, so that what is in it can be replaced.
    public enum Credential: Hashable, Sendable {
        /// Nobody in particular.
        case none
        /// One line USER:PASSWORD, as InfluxDB 1.x has it.
        case password(path: String)
        /// One line with a token, as InfluxDB 2.x has it.
        case token(path: String)
    }

    /// The database's address without a slash at its end, such as http://127.0.0.1:8086.
    public var url: String
    /// What in it is written to.
    public var place: Place
    /// Who writes.
    public var credential: Credential
    /// Whom the database's certificate is believed by.
    public var tls: TLSSettings
    /// How long an answer may take, in milliseconds.
    public var timeoutMilliseconds: Int

    /// A destination as described.
    public init(
        url: String, place: Place, credential: Credential = .none, tls: TLSSettings = TLSSettings(),
        timeoutMilliseconds: Int = 10_000
    ) {
        self.url = url
        self.place = place
        self.credential = credential
        self.tls = tls
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// The request that writes `body`, whose timestamps are of `precision`. Throws `CredentialError`.
    func request(_ body: [UInt8], _ precision: TimestampPrecision) throws(CredentialError) -> HTTPRequest {
        HTTPRequest(
            .post, url: url + path(precision), headers: ["Content-Type": "text/plain; charset=utf-8"],
            credential: try credential.read(), body: body, timeouts: .init(totalMilliseconds: timeoutMilliseconds),
            maximumResponseBytes: 1 << 20, tls: tls)
    }

    private func path(_ precision: TimestampPrecision) -> String {
        switch place {
        case .database(let name, let policy):
            let policy = policy.map { "&rp=\(Self.escaped($0))" } ?? ""
            return "/write?db=\(Self.escaped(name))\(policy)&precision=\(precision.nameInVersion1)"
        case .bucket(let name, let organization):
            return "/api/v2/write?org=\(Self.escaped(organization))&bucket=\(Self.escaped(name))&precision=\(precision.rawValue)"
        }
    }

    /// `text` in the query of a URL: all but what never needs escaping is escaped (RFC 3986, section 2.3).
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TimestampPrecision {
    /// What InfluxDB 1.x calls it. It takes a name that it does not know for nanoseconds, "us" among them.
    fileprivate var nameInVersion1: String {
        switch self {
        case .nanoseconds: "n"
        case .microseconds: "u"
        case .milliseconds: "ms"
        case .seconds: "s"
        }
    }
}
