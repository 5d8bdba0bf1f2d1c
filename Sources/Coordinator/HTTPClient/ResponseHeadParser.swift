/// Puts an answer's head together from the lines that libcurl hands over one by one. Interim answers (1xx) are dropped,
/// and so are trailers, which come behind the body.
struct ResponseHeadParser {
    /// The most bytes a head may have: as much as libcurl allows for a whole head since 8.3.
    static let maximumBytes = 300 << 10

    private var status = 0
    private var headers = HTTPHeaders()
    private var bytes = 0
    private(set) var isComplete = false

    enum Outcome: Equatable {
        case more
        case head(HTTPResponseHead)
        case tooLarge
    }

    /// Takes one line, its end included.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Outcome {
        guard !isComplete else { return .more }
        bytes += line.count
        guard bytes <= Self.maximumBytes else { return .tooLarge }
        let text = trimmed(line[...])
        if text.isEmpty { return endOfHead() }
        if status == 0 || text.starts(with: "HTTP/".utf8) {
            startHead(text)
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let value = trimmed(text[text.index(after: colon)...])
            headers.add(String(decoding: text[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
        return .more
    }

    /// The status line: "HTTP/1.1 200 OK", or "HTTP/2 200" as libcurl writes it.
    private mutating func startHead(_ line: Slice<UnsafeRawBufferPointer>) {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        status = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
        headers = HTTPHeaders()
    }

    private mutating func endOfHead() -> Outcome {
        guard status >= 200 else {
            status = 0
            return .more
        }
        isComplete = true
        return .head(HTTPResponseHead(status: status, headers: headers))
    }

    private func trimmed(_ text: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        let isBlank = { (byte: UInt8) in [0x20, 0x09, 0x0d, 0x0a].contains(byte) }
        guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) })
        else {
            return text[text.endIndex...]
        }
        return text[first...last]
    }
}
