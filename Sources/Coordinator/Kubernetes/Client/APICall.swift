import HTTPClient

/// One request to the API server before it has server, credential and times.
struct APICall: Sendable {
    var method: HTTPRequest.Method
    var path: String
    var query: [(name: String, value: String)] = []
    var accept = "application/json"
    var contentType = "application/json"
    var body: [UInt8]?
    /// Whether it does no harm when it is carried out twice.
    var isRepeatable: Bool

    /// Path and query as they stand in the URL.
    var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0.name)=\(percentEncoded($0.value))" }.joined(separator: "&")
    }

    /// The request to the server of `access`.
    func request(to access: ClusterAccess, showing shown: ShownCredential, settings: ClientSettings) -> HTTPRequest {
        var headers: HTTPHeaders = ["Accept": accept, "User-Agent": settings.userAgent]
        if body != nil { headers["Content-Type"] = contentType }
        if let impersonation = access.impersonation {
            headers["Impersonate-User"] = impersonation.user
            for group in impersonation.groups { headers.add("Impersonate-Group", group) }
        }
        var tls = access.tls
        if let identity = shown.identity { tls.identity = identity }
        // One connection to each watch, so that one that dies takes no other along.
        return HTTPRequest(
            method, url: access.server + target, headers: headers, credential: shown.credential, body: body,
            timeouts: .init(
                connectMilliseconds: settings.connectMilliseconds, totalMilliseconds: settings.requestMilliseconds),
            maximumResponseBytes: settings.maximumResponseBytes, tls: tls, proxy: access.proxy, version: .http1)
    }
}
