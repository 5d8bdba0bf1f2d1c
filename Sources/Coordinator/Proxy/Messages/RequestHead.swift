/// The head of a request, as ranges of its octets.
struct RequestHead: Hashable, Sendable {
    let method: Method
    let methodRange: Range<Int>
    /// Path and query.
    let target: Range<Int>
    /// The host that the target names, where it is a whole URI; it counts instead of the Host field (RFC 9112,
    /// section 3.2.2).
    let targetHost: Range<Int>?
    /// HTTP/1.1 or, when it is not, HTTP/1.0.
    let isVersion11: Bool
    let fields: HeaderFields
    /// The client waits for 100 (Continue) before it sends the body.
    let expectsContinue: Bool

    /// Reads the head in `octets`, which ends with its empty line. Throws `MessageError`.
    init(_ octets: Span<UInt8>, from start: Int, to end: Int, targetLimit: Int) throws(MessageError) {
        var position = start
        while Octet.isToken(octets[position]) { position += 1 }
        methodRange = start..<position
        guard !methodRange.isEmpty, octets[position] == Octet.space else {
            throw .bad("the request line has no method")
        }
        method = Method(octets, methodRange)
        position += 1
        let targetStart = position
        while Octet.isTarget(octets[position]) { position += 1 }
        let written = targetStart..<position
        guard !written.isEmpty, octets[position] == Octet.space else { throw .bad("the request line has no target") }
        guard written.count <= targetLimit else {
            throw MessageError(414, "the target is longer than \(targetLimit) bytes")
        }
        position += 1
        isVersion11 = try Self.version(octets, &position)
        fields = try HeaderFields(octets, from: position, to: end)
        (targetHost, target) = try Self.parts(of: written, octets, method)
        try Self.check(fields, octets, isVersion11: isVersion11)
        expectsContinue = try Self.expectation(fields, octets) && isVersion11
    }

    /// Whether the client wants the connection to stay (RFC 9112, section 9.3).
    var keepsAlive: Bool {
        !fields.saysClose && (isVersion11 || fields.saysKeepAlive)
    }

    /// How the body is delimited.
    var framing: BodyFraming {
        if fields.isChunked { return .chunked(ChunkedBody()) }
        return fields.contentLength.map { $0 == 0 ? .none : .length($0) } ?? .none
    }

    /// Whether another protocol is asked for, other than HTTP/2, of which one speaks only if the server wants it, too.
    func asksForUpgrade(_ octets: Span<UInt8>) -> Bool {
        fields.saysUpgrade && fields.all.contains { $0.kind == .upgrade && !octets.holds("h2c", in: $0.value) }
    }

    private static func version(_ octets: Span<UInt8>, _ position: inout Int) throws(MessageError) -> Bool {
        let start = position
        while octets[position] != Octet.carriageReturn, position - start < 9 { position += 1 }
        let range = start..<position
        guard range.count == 8, octets[position + 1] == Octet.lineFeed else {
            throw .bad("the request line does not end in a version")
        }
        position += 2
        let text = octets.text(in: range)
        if text == "HTTP/1.1" { return true }
        if text == "HTTP/1.0" { return false }
        if text.hasPrefix("HTTP/"), octets[start + 6] == Octet.dot, Octet.isDigit(octets[start + 5]),
            Octet.isDigit(octets[start + 7])
        {
            throw MessageError(505, "the version is neither HTTP/1.1 nor HTTP/1.0")
        }
        throw .bad("the request line does not end in a version")
    }

    /// Parts a target into a host, where it is a whole URI, and what comes after it.
    private static func parts(
        of target: Range<Int>, _ octets: Span<UInt8>, _ method: Method
    ) throws(MessageError) -> (Range<Int>?, Range<Int>) {
        if octets[target.lowerBound] == Octet.slash { return (nil, target) }
        if target.count == 1, octets[target.lowerBound] == UInt8(ascii: "*"), method == .options {
            return (nil, target)
        }
        if method == .connect { throw MessageError(501, "CONNECT is not served: this proxy stands before functions") }
        guard target.count > 7, octets.holds("http://", in: target.lowerBound..<target.lowerBound + 7) else {
            throw .bad("the target is neither a path nor an http URI")
        }
        let start = target.lowerBound + 7
        var end = start
        while end < target.upperBound, octets[end] != Octet.slash, octets[end] != Octet.questionMark { end += 1 }
        guard start < end, octets.isHost(start..<end) else { throw .bad("the target's host is none") }
        guard end < target.upperBound, octets[end] == Octet.slash else {
            throw MessageError(404, "the target has no path")
        }
        return (start..<end, end..<target.upperBound)
    }

    private static func check(
        _ fields: HeaderFields, _ octets: Span<UInt8>, isVersion11: Bool
    ) throws(MessageError) {
        if let host = fields.host {
            guard octets.isHost(host.value) else { throw .bad("Host is no host") }
        } else if isVersion11 {
            throw .bad("there is no Host field")
        }
        guard isVersion11 || !fields.isChunked else { throw .bad("HTTP/1.0 has no transfer encodings") }
    }

    private static func expectation(_ fields: HeaderFields, _ octets: Span<UInt8>) throws(MessageError) -> Bool {
        guard let field = fields.all.first(where: { $0.kind == .expect }) else { return false }
        guard octets.holds("100-continue", in: field.value) else {
            throw MessageError(417, "what is expected is not 100-continue")
        }
        return true
    }
}

extension Span<UInt8> {
    func isHost(_ range: Range<Int>) -> Bool {
        for index in range where !Octet.isHost(self[index]) { return false }
        return true
    }
}
