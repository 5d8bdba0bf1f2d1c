import CCurl

/// Why libcurl ended a transfer.
struct CurlFailure {
    private let result: CURLcode
    private let reason: String
    private let hasSent: Bool

    init(_ result: CURLcode, message: String, handle: UnsafeMutableRawPointer) {
        self.result = result
        reason = message.isEmpty ? String(cString: curl_easy_strerror(result)) : message
        hasSent = Self.hasSent(handle)
    }

    /// Whether any of the request has gone out (CURLINFO_REQUEST_SIZE counts the bytes of what was sent).
    static func hasSent(_ handle: UnsafeMutableRawPointer) -> Bool {
        var bytes = 0
        reeve_curl_get_long(handle, CURLINFO_REQUEST_SIZE, &bytes)
        return bytes > 0
    }

    /// The error that says so.
    func error(for request: HTTPRequest) -> HTTPError {
        HTTPError(code, "\(request.subject): \(reason)", mayHaveBeenSent: hasSent)
    }

    private var code: HTTPError.Code {
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY,
            CURLE_INTERFACE_FAILED:
            .unreachable
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CLIENTCERT,
            CURLE_SSL_INVALIDCERTSTATUS:
            .tls
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR: isAlert ? .tls : .interrupted
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalidRequest
        case CURLE_OUT_OF_MEMORY: .overloaded
        default: .interrupted
        }
    }

    /// Under TLS 1.3 a server refuses a client's certificate after the handshake, so the refusal comes where the answer
    /// is awaited; OpenSSL calls it an alert.
    private var isAlert: Bool { reason.contains("SSL") && reason.contains("alert") }
}
