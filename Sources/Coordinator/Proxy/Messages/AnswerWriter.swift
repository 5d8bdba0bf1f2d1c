import NIOCore

/// Writes the head of a worker's answer as the client gets it.
struct AnswerWriter {
    /// How the body's octets get to the client.
    enum Coding: Sendable {
        /// As they came.
        case verbatim
        /// Without the chunks' frames, for HTTP/1.0.
        case dechunked
        /// In chunks, because the worker ends the body with its connection.
        case chunked
    }

    let head: ResponseHead
    /// What the answer is to.
    let request: RequestHead
    /// What the proxy calls the request.
    let newRequestID: String?
    let coding: Coding
    /// Whether the connection is closed after it.
    let closes: Bool

    /// How an answer `head` with a body framed as `framing` gets to the client of `request`.
    static func coding(_ framing: BodyFraming, for request: RequestHead) -> Coding {
        switch framing {
        case .none, .length: .verbatim
        case .chunked: request.isVersion11 ? .verbatim : .dechunked
        case .untilClose: request.isVersion11 ? .chunked : .verbatim
        }
    }

    /// Appends the head to `output`; `octets` are those it was read from.
    func write(_ octets: Span<UInt8>, to output: inout ByteBuffer) {
        output.reserveCapacity(minimumWritableBytes: octets.count + 160)
        output.writeStaticString("HTTP/1.1 ")
        output.write(octets, head.statusLine)
        output.writeStaticString("\r\n")
        let hasNoLength = head.isInterim || head.status == 204
        var hasRequestID = false
        head.fields.write(octets, to: &output) { field in
            if field.kind == .requestID { hasRequestID = true }
            return field.kind != .contentLength || !hasNoLength
        }
        if !head.isInterim { writeOwn(hasRequestID: hasRequestID, to: &output) }
        output.writeStaticString("\r\n")
    }

    private func writeOwn(hasRequestID: Bool, to output: inout ByteBuffer) {
        let isChunked = head.fields.isChunked && coding == .verbatim && !head.isBodiless(for: request.method)
        if isChunked || coding == .chunked { output.writeStaticString("Transfer-Encoding: chunked\r\n") }
        if let newRequestID, !hasRequestID {
            output.writeStaticString("X-Request-Id: ")
            output.writeString(newRequestID)
            output.writeStaticString("\r\n")
        }
        if closes {
            output.writeStaticString("Connection: close\r\n")
        } else if !request.isVersion11 {
            output.writeStaticString("Connection: keep-alive\r\n")
        }
    }
}
