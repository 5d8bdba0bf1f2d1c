/// The head of a worker's answer, as ranges of its octets.
struct ResponseHead: Hashable, Sendable {
    let status: Int
    /// From the status to the end of the line.
    let statusLine: Range<Int>
    let isVersion11: Bool
    let fields: HeaderFields

    /// Reads the head in `octets`, which ends with its empty line. Throws `MessageError`.
    init(_ octets: Span<UInt8>, to end: Int) throws(MessageError) {
        guard end >= 14, octets.holds("HTTP/1.", in: 0..<7), octets[8] == Octet.space,
            octets[7] == UInt8(ascii: "1") || octets[7] == UInt8(ascii: "0")
        else { throw .bad("the status line has no version that is known here") }
        isVersion11 = octets[7] == UInt8(ascii: "1")
        var status = 0
        for index in 9..<12 {
            guard Octet.isDigit(octets[index]) else { throw .bad("the status is no number") }
            status = status * 10 + Int(octets[index] - UInt8(ascii: "0"))
        }
        guard (100...599).contains(status), octets[12] == Octet.space || octets[12] == Octet.carriageReturn else {
            throw .bad("the status is beyond 100 to 599")
        }
        self.status = status
        var position = 12
        while Octet.isFieldValue(octets[position]) { position += 1 }
        guard octets[position] == Octet.carriageReturn, octets[position + 1] == Octet.lineFeed else {
            throw .bad("the status line holds a control character")
        }
        statusLine = 9..<position
        fields = try HeaderFields(octets, from: position + 2, to: end)
        guard isVersion11 || !fields.isChunked else { throw .bad("HTTP/1.0 has no transfer encodings") }
    }

    /// It announces the answer, and is not the answer itself.
    var isInterim: Bool { status < 200 }

    /// An answer that has no body whatever its fields say (RFC 9112, section 6.3).
    func isBodiless(for method: Method) -> Bool {
        method == .head || isInterim || status == 204 || status == 304
    }

    /// How the body is delimited when it answers `method`.
    func framing(for method: Method) -> BodyFraming {
        if isBodiless(for: method) { return .none }
        if fields.isChunked { return .chunked(ChunkedBody()) }
        return fields.contentLength.map { $0 == 0 ? .none : .length($0) } ?? .untilClose
    }

    /// Whether the worker keeps the connection after it.
    var keepsAlive: Bool { isVersion11 ? !fields.saysClose : fields.saysKeepAlive }
}
