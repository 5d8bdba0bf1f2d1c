import CCurl

/// Sets the options of an easy handle and remembers the first that libcurl refuses.
struct CurlOptions {
    let handle: UnsafeMutableRawPointer
    /// Lists that the handle refers to: they must live as long as it does.
    private(set) var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// What libcurl said to the first option that it refused.
    private(set) var failure: String?

    init(handle: UnsafeMutableRawPointer) { self.handle = handle }

    private mutating func check(_ code: CURLcode) {
        if code != CURLE_OK, failure == nil { failure = String(cString: curl_easy_strerror(code)) }
    }

    private mutating func set(_ option: CURLoption, _ value: Int) { check(reeve_curl_set_long(handle, option, value)) }
    private mutating func set(_ option: CURLoption, _ value: String?) {
        check(reeve_curl_set_text(handle, option, value))
    }

    private mutating func set(_ option: CURLoption, lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                if failure == nil { failure = "there is no memory" }
                break
            }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        check(reeve_curl_set_pointer(handle, option, list))
    }

    private mutating func set(_ pem: TLSSettings.PEM, file: CURLoption, blob: CURLoption) {
        switch pem {
        case .file(let path): set(file, path)
        case .data(let bytes):
            check(bytes.withUnsafeBytes { reeve_curl_set_blob(handle, blob, $0.baseAddress, $0.count) })
        }
    }

    /// Where the connection goes and how it is kept.
    mutating func setConnection(_ request: HTTPRequest, settings: HTTPTransport.Settings) {
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        // Signals would reach whatever thread they like.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(request.timeouts.connectMilliseconds, 1))
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, settings.keepAliveSeconds)
        set(CURLOPT_TCP_KEEPINTVL, settings.keepAliveSeconds)
        set(CURLOPT_FRESH_CONNECT, request.reusesConnections ? 0 : 1)
        switch request.version {
        case .http1: set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        case .newest:
            set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
            set(CURLOPT_PIPEWAIT, request.reusesConnections ? 1 : 0)
        }
        switch request.proxy {
        case .none: set(CURLOPT_PROXY, "")
        case .environment: break
        case .url(let url): set(CURLOPT_PROXY, url)
        }
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let name = request.tls.serverName { connectWhereTheURLSays(request, as: name) }
    }

    /// Has the URL name the peer as its certificate does, and the connection go where the request's URL says.
    private mutating func connectWhereTheURLSays(_ request: HTTPRequest, as name: String) {
        let authority = request.authority
        let (host, port) = Self.hostAndPort(authority)
        let portText = port.map { ":\($0)" } ?? ""
        set(
            CURLOPT_URL,
            String(request.url[..<authority.startIndex] + name + portText + request.url[authority.endIndex...]))
        set(CURLOPT_CONNECT_TO, lines: ["::\(host):\(port ?? "")"])
    }

    /// "[::1]:8443" as "[::1]" and "8443".
    static func hostAndPort(_ authority: Substring) -> (host: Substring, port: Substring?) {
        guard let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") else { return (authority, nil) }
        return (authority[..<colon], authority[authority.index(after: colon)...])
    }

    /// Whom TLS trusts and what it shows.
    mutating func setTLS(_ request: HTTPRequest) {
        switch request.tls.trust {
        case .system: break
        case .authorities(let pem):
            set(pem, file: CURLOPT_CAINFO, blob: CURLOPT_CAINFO_BLOB)
            // libcurl would go on believing the machine's own folder of authorities beside them.
            set(CURLOPT_CAPATH, nil)
            // And it would go on believing for a day what stood in a file before.
            set(CURLOPT_CA_CACHE_TIMEOUT, 0)
        case .anybody:
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let identity = request.tls.identity {
            set(identity.certificate, file: CURLOPT_SSLCERT, blob: CURLOPT_SSLCERT_BLOB)
            set(identity.key, file: CURLOPT_SSLKEY, blob: CURLOPT_SSLKEY_BLOB)
        }
    }

    /// Method, header fields and body.
    mutating func setMessage(_ request: HTTPRequest, settings: HTTPTransport.Settings) {
        switch (request.method, request.body) {
        case (.get, nil): set(CURLOPT_HTTPGET, 1)
        case (.head, _): set(CURLOPT_NOBODY, 1)
        case (.delete, nil): set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case (_, let body):
            let body = body ?? []
            check(reeve_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            check(
                body.withUnsafeBytes { bytes in
                    // No body at all would have libcurl ask for one through a read callback.
                    var nothing: UInt8 = 0
                    return withUnsafeMutablePointer(to: &nothing) { nothing in
                        reeve_curl_set_pointer(
                            handle, CURLOPT_COPYPOSTFIELDS,
                            bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
                                ?? UnsafeMutableRawPointer(nothing))
                    }
                })
            set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        set(CURLOPT_HTTPHEADER, lines: headerLines(request, settings: settings))
        if case .accessKey(let id, let secret, let region, let service) = request.credential {
            set(CURLOPT_AWS_SIGV4, "aws:amz:\(region):\(service)")
            set(CURLOPT_USERNAME, id)
            set(CURLOPT_PASSWORD, secret)
            // As a header field it would be signed, and proxies may change it.
            set(CURLOPT_USERAGENT, settings.userAgent)
            // Where the question whether a body is welcome cannot be left out, the answer is not waited for.
            set(CURLOPT_EXPECT_100_TIMEOUT_MS, 1)
        }
    }

    private func headerLines(_ request: HTTPRequest, settings: HTTPTransport.Settings) -> [String] {
        var headers = request.headers
        let isSigned = if case .accessKey = request.credential { true } else { false }
        if headers["User-Agent"] == nil, !isSigned { headers["User-Agent"] = settings.userAgent }
        if request.tls.serverName != nil { headers["Host"] = String(request.authority) }
        if let value = request.credential?.headerValue { headers["Authorization"] = value }
        // A semicolon is how libcurl is told of a field without a value, a colon with nothing behind it that it must
        // not add one by itself: neither the type of an HTML form, nor a question whether the body is welcome, which
        // costs a second at servers that do not answer it.
        let lines = headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // But libcurl 7.88 signs a field that it is told to leave out as if it were sent without a value.
        if isSigned { return lines }
        let unwanted = ["Content-Type", "Expect", "Accept"].filter { headers[$0] == nil }.map { "\($0):" }
        return lines + unwanted
    }
}
