/// A body in chunks, octet by octet as it comes (RFC 9112, section 7.1).
///
/// It is as strict as can be, because its octets are passed on as they came: what is let through here, the other side
/// must not read differently.
struct ChunkedBody: Hashable, Sendable {
    private enum State: Hashable, Sendable {
        case size(digits: Int)
        case `extension`
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case lastLineFeed
        case complete
    }

    private var state = State.size(digits: 0)
    /// Octets of the present chunk that are to come.
    private var remaining: UInt64 = 0
    /// Octets of chunk extensions and trailers so far.
    private var overhead = 0
    /// The name of the present trailer field, in lower case.
    private var trailerName: [UInt8] = []

    /// 15 hexadecimal digits are fewer than 2^60.
    private static let mostDigits = 15
    private static let mostOverhead = 16_384

    /// Fields that say how to read the message, or whose it is, must not come after it (RFC 9110, section 6.5.1).
    private static let forbiddenTrailers: Set<String> = [
        "authorization", "connection", "content-encoding", "content-length", "content-range", "content-type", "cookie",
        "expect", "host", "keep-alive", "proxy-authorization", "set-cookie", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]

    /// Whether the last chunk and the trailers have come.
    var isComplete: Bool { state == .complete }

    /// As `BodyFraming.take`.
    mutating func take(
        _ octets: Span<UInt8>, from start: Int, data: (Range<Int>) -> Void
    ) throws(MessageError) -> Int {
        var position = start
        while position < octets.count, state != .complete {
            if state == .data {
                let count = Int(min(remaining, UInt64(octets.count - position)))
                data(position..<position + count)
                position += count
                remaining -= UInt64(count)
                if remaining == 0 { state = .dataReturn }
            } else {
                try step(octets[position])
                position += 1
            }
        }
        return position
    }

    private mutating func step(_ octet: UInt8) throws(MessageError) {
        switch state {
        case .size(let digits): try takeSize(octet, digits)
        case .extension:
            if octet == Octet.carriageReturn {
                state = .sizeLineFeed
            } else {
                try takeOverhead(octet)
            }
        case .sizeLineFeed:
            try expect(Octet.lineFeed, octet)
            state = remaining == 0 ? .trailerStart : .data
        case .dataReturn:
            try expect(Octet.carriageReturn, octet)
            state = .dataLineFeed
        case .dataLineFeed:
            try expect(Octet.lineFeed, octet)
            state = .size(digits: 0)
        case .trailerStart, .trailerName, .trailerValue: try takeTrailer(octet)
        case .trailerLineFeed:
            try expect(Octet.lineFeed, octet)
            state = .trailerStart
        case .lastLineFeed:
            try expect(Octet.lineFeed, octet)
            state = .complete
        case .data, .complete: break
        }
    }

    private mutating func takeSize(_ octet: UInt8, _ digits: Int) throws(MessageError) {
        if let value = Octet.hexValue(octet) {
            guard digits < Self.mostDigits else { throw .bad("the size of a chunk has more than 15 digits") }
            remaining = remaining << 4 | UInt64(value)
            state = .size(digits: digits + 1)
        } else if digits > 0, octet == Octet.carriageReturn {
            state = .sizeLineFeed
        } else if digits > 0, octet == Octet.semicolon {
            state = .extension
        } else {
            throw .bad("the size of a chunk is no hexadecimal number")
        }
    }

    private mutating func takeTrailer(_ octet: UInt8) throws(MessageError) {
        switch state {
        case .trailerStart where octet == Octet.carriageReturn: state = .lastLineFeed
        case .trailerName where octet == Octet.colon:
            guard !Self.forbiddenTrailers.contains(String(decoding: trailerName, as: UTF8.self)) else {
                throw .bad("a trailer holds a field that must stand in the head")
            }
            trailerName = []
            state = .trailerValue
        case .trailerStart, .trailerName:
            guard Octet.isToken(octet) else { throw .bad("the name of a trailer field is no token") }
            try takeOverhead(octet)
            trailerName.append(Octet.lowercase(octet))
            state = .trailerName
        case .trailerValue where octet == Octet.carriageReturn: state = .trailerLineFeed
        default: try takeOverhead(octet)
        }
    }

    private mutating func takeOverhead(_ octet: UInt8) throws(MessageError) {
        guard Octet.isFieldValue(octet) else { throw .bad("a chunk extension or trailer holds a control character") }
        overhead += 1
        guard overhead <= Self.mostOverhead else {
            throw MessageError(431, "chunk extensions and trailers are longer than \(Self.mostOverhead) bytes")
        }
    }

    private func expect(_ expected: UInt8, _ octet: UInt8) throws(MessageError) {
        guard octet == expected else { throw .bad("a chunk does not end where it should") }
    }
}
