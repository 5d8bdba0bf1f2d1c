/// Finds the end of a head in octets that come in pieces, looking at each once.
struct HeadScanner: Hashable, Sendable {
    /// How many octets were looked at.
    private var scanned = 0
    /// Where the present line began.
    private var lineStart = 0
    /// Empty lines before the first line; RFC 9112, section 2.2, wants at least one passed over before a request.
    private(set) var leading = 0

    private static let mostLeading = 8

    /// The length of the head at the start of `octets`, its last empty line included; nil while that has not come.
    /// `octets` begins as at the call before, with more at its end. Throws `MessageError` for a line that ends in a
    /// bare line feed, and for a head beyond `limit`.
    mutating func end(in octets: Span<UInt8>, limit: Int, skipsLeading: Bool) throws(MessageError) -> Int? {
        while scanned < octets.count {
            let octet = octets[scanned]
            guard octet == Octet.lineFeed else {
                scanned += 1
                continue
            }
            guard scanned > lineStart, octets[scanned - 1] == Octet.carriageReturn else {
                throw .bad("a line of the head ends in a bare line feed")
            }
            let isEmpty = scanned - 1 == lineStart
            scanned += 1
            lineStart = scanned
            guard isEmpty else { continue }
            guard skipsLeading, scanned == leading + 2, leading < Self.mostLeading else { return try within(limit) }
            leading = scanned
        }
        return scanned <= limit ? nil : try within(limit)
    }

    private func within(_ limit: Int) throws(MessageError) -> Int {
        guard scanned <= limit else { throw MessageError(431, "the head is longer than \(limit) bytes") }
        return scanned
    }
}
