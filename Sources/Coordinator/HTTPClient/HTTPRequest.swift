/// One HTTP request.
public struct HTTPRequest: Sendable {
    /// What is to be done with the resource (RFC 9110, section 9; RFC 5789).
    public enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// How long each part may take, in milliseconds; what runs out fails the request with `HTTPError.Code.timeout`.
    public struct Timeouts: Hashable, Sendable {
        /// Until there is a connection, TLS included.
        public var connectMilliseconds: Int
        /// From handing the request over to the head of the answer; nil for no limit of its own.
        public var headMilliseconds: Int?
        /// From handing the request over to the last byte of the answer; nil for none, as a watch needs it.
        public var totalMilliseconds: Int?

        /// Limits as described.
        public init(connectMilliseconds: Int = 5_000, headMilliseconds: Int? = nil, totalMilliseconds: Int? = 30_000) {
            self.connectMilliseconds = connectMilliseconds
            self.headMilliseconds = headMilliseconds
            self.totalMilliseconds = totalMilliseconds
        }
    }

    /// Through whom the connection goes.
    public enum Proxy: Hashable, Sendable {
        /// Nobody, whatever the environment says.
        case none
        /// Whom the variables http_proxy, https_proxy and no_proxy name.
        case environment
        /// The proxy at this URL.
        case url(String)
    }

    /// What HTTP version is spoken.
    public enum Version: Hashable, Sendable {
        /// HTTP/2 where the peer offers it under TLS (ALPN), else HTTP/1.1.
        case newest
        /// HTTP/1.1: each request has a connection to itself while it lasts.
        case http1
    }

    /// The method.
    public var method: Method
    /// The absolute URL, http or https, percent-encoded, without user or password.
    public var url: String
    /// The header fields. `Host`, `Content-Length` and `Authorization` are made from the rest.
    public var headers: HTTPHeaders
    /// Who asks; nil for nobody in particular.
    public var credential: HTTPCredential?
    /// The body; nil for none.
    public var body: [UInt8]?
    /// How long each part may take.
    public var timeouts: Timeouts
    /// The most bytes that the body of the answer may have; nil, which only a stream allows, for any number.
    public var maximumResponseBytes: Int?
    /// Whom TLS trusts and what it shows.
    public var tls: TLSSettings
    /// Through whom the connection goes.
    public var proxy: Proxy
    /// What HTTP version is spoken.
    public var version: Version
    /// Whether a connection of an earlier request may carry this one. libcurl sends a request again by itself when such
    /// a connection turns out to be dead, so a request that must not be carried out twice sets this to false.
    public var reusesConnections: Bool

    /// A request as described.
    public init(
        _ method: Method = .get, url: String, headers: HTTPHeaders = HTTPHeaders(), credential: HTTPCredential? = nil,
        body: [UInt8]? = nil, timeouts: Timeouts = Timeouts(), maximumResponseBytes: Int? = 16 << 20,
        tls: TLSSettings = TLSSettings(), proxy: Proxy = .none, version: Version = .newest,
        reusesConnections: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.credential = credential
        self.body = body
        self.timeouts = timeouts
        self.maximumResponseBytes = maximumResponseBytes
        self.tls = tls
        self.proxy = proxy
        self.version = version
        self.reusesConnections = reusesConnections
    }
}

extension HTTPRequest {
    /// Method and URL as errors name them: without user and query, which may carry what is nobody's business.
    var subject: String {
        let place = url.prefix { $0 != "?" && $0 != "#" }
        guard let user = authority.lastIndex(of: "@") else { return "\(method.rawValue) \(place)" }
        return "\(method.rawValue) \(url[..<authority.startIndex])\(place[url.index(after: user)...])"
    }

    /// What keeps the request from being sent, or nil.
    var flaw: String? {
        guard let schemeEnd = url.firstRange(of: "://"),
            ["http", "https"].contains(url[..<schemeEnd.lowerBound].lowercased())
        else { return "the URL must begin with http:// or https://" }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return "the URL must be percent-encoded: it has a blank, a control character or one that is not ASCII"
        }
        guard !authority.isEmpty else { return "the URL names no host" }
        guard !authority.contains("@") else {
            return "the URL must name no user: credentials have a place of their own"
        }
        if let credential, !credential.isSendable {
            return "\(credential) has control characters in it"
        }
        // The field's value may be a secret, its name is none.
        if let field = headers.fields.first(where: { !$0.isSendable }) {
            return
                "the header field \(field.name.filter { $0.isASCII && !$0.isNewline }) has characters that no header"
                    + " may have"
        }
        return nil
    }

    /// Host and port as the URL names them.
    var authority: Substring {
        guard let schemeEnd = url.firstRange(of: "://") else { return "" }
        return url[schemeEnd.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    }
}
