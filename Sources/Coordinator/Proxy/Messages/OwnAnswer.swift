import NIOCore

/// An answer of the proxy itself: a status and a sentence.
struct OwnAnswer: Hashable, Sendable {
    let status: Int
    let sentence: String
    /// When to try again, in seconds.
    var retryAfterSeconds: Int?

    /// Appends it to `output`. To HEAD it goes without its body.
    func write(closes: Bool, isHead: Bool, requestID: String?, to output: inout ByteBuffer) {
        output.writeString("HTTP/1.1 \(status) \(Self.reason(status))\r\nContent-Type: text/plain; charset=utf-8\r\n")
        output.writeString("X-Content-Type-Options: nosniff\r\nContent-Length: \(sentence.utf8.count + 1)\r\n")
        if let retryAfterSeconds { output.writeString("Retry-After: \(retryAfterSeconds)\r\n") }
        if let requestID { output.writeString("X-Request-Id: \(requestID)\r\n") }
        output.writeStaticString(closes ? "Connection: close\r\n\r\n" : "\r\n")
        if !isHead { output.writeString("\(sentence)\n") }
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 404: "Not Found"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 417: "Expectation Failed"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }
}
