#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Reads a file of comma-separated fields line by line, from a buffer that is filled again and again, so that a file of
/// any length takes the room of its longest line.
///
/// The published traces quote nothing and escape nothing, and neither does this reader.
struct CSVReader: ~Copyable {
    /// The file's path as it was given.
    let path: String
    /// The names in the first line.
    private(set) var header: [String] = []
    /// The line that is being read, counted from 1.
    private(set) var line = 0
    /// How many fields of the line have been read.
    private(set) var column = 0

    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    /// The bytes of `buffer` that hold file content.
    private var content = 0..<0
    /// The line being read without its end, and the place of its next field; past the line's end when none is left.
    private var lineEnd = 0
    private var cursor = 1
    private var isAtFileEnd = false
    private let requiresLastLineEnd: Bool

    /// The longest line that is read: the widest published table has 1 444 columns.
    static let longestLine = 1 << 22

    /// Opens the file at `path` and reads its first line. With `requiresLastLineEnd` a file whose last line has no end
    /// is refused as cut off, which is the only sign of it when the cut goes through the last number.
    init(path: String, requiresLastLineEnd: Bool) throws(FaaSError) {
        self.path = path
        self.requiresLastLineEnd = requiresLastLineEnd
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FaaSError(.unreadable, at: .init(file: path), "cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard try advance() else {
            throw FaaSError(.wrongHeader, at: .init(file: path), "is empty; a header is expected")
        }
        while cursor <= lineEnd {
            let field = nextField()
            header.append(String(decoding: buffer[field], as: UTF8.self))
        }
    }

    deinit {
        _ = close(descriptor)
    }

    /// Where the reader stands.
    var place: FaaSError.Place { .init(file: path, line: line) }

    // MARK: Lines

    /// Goes to the next line; false at the file's end.
    mutating func advance() throws(FaaSError) -> Bool {
        while true {
            if let end = lineEndInBuffer() {
                start(lineTo: end, next: end + 1)
                return true
            }
            if isAtFileEnd {
                guard !content.isEmpty else { return false }
                line += 1
                if requiresLastLineEnd {
                    throw FaaSError(.truncated, at: place, "the file ends within this line; it is cut off")
                }
                line -= 1
                start(lineTo: content.upperBound, next: content.upperBound)
                return true
            }
            try fill()
        }
    }

    /// The place of the next line feed.
    private func lineEndInBuffer() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard !content.isEmpty, let base = bytes.baseAddress else { return nil }
            return memchr(base + content.lowerBound, 10, content.count).map { UnsafeRawPointer($0) - base }
        }
    }

    private mutating func start(lineTo end: Int, next: Int) {
        line += 1
        column = 0
        cursor = content.lowerBound
        // A carriage return before the line feed belongs to the line's end.
        lineEnd = end > cursor && buffer[end - 1] == 13 ? end - 1 : end
        content = next..<content.upperBound
    }

    /// Moves what is left to the buffer's start and reads on behind it.
    private mutating func fill() throws(FaaSError) {
        let rest = content.count
        if content.lowerBound > 0 {
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                memmove(base, base + content.lowerBound, rest)
            }
        } else if rest == buffer.count {
            guard rest < Self.longestLine else {
                line += 1
                throw FaaSError(.invalidField, at: place, "the line is longer than \(Self.longestLine) bytes")
            }
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        let count = readMore(from: rest)
        guard count >= 0 else {
            throw FaaSError(.unreadable, at: .init(file: path), "cannot be read: \(String(cString: strerror(errno)))")
        }
        content = 0..<rest + count
        isAtFileEnd = count == 0
    }

    private mutating func readMore(from start: Int) -> Int {
        let descriptor = descriptor
        return buffer.withUnsafeMutableBytes { bytes in
            let room = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            while true {
                let count = read(descriptor, room.baseAddress, room.count)
                if count >= 0 || errno != EINTR { return count }
            }
        }
    }

    // MARK: Fields

    /// The bytes of the next field; asked only while the line has one.
    private mutating func nextField() -> Range<Int> {
        let start = cursor
        var end = start
        while end < lineEnd, buffer[end] != 44 { end += 1 }
        cursor = end + 1
        column += 1
        return start..<end
    }

    private mutating func requireField() throws(FaaSError) -> Range<Int> {
        guard cursor <= lineEnd else { throw wrongCount("\(column)") }
        return nextField()
    }

    private func wrongCount(_ found: String) -> FaaSError {
        FaaSError(
            found == "more" ? .invalidField : .truncated, at: place,
            "the line has \(found) fields; the header names \(header.count)")
    }

    /// Makes sure that the line has no field left.
    func endLine() throws(FaaSError) {
        if cursor <= lineEnd { throw wrongCount("more") }
    }

    /// The next field as text, which must not be empty.
    mutating func text() throws(FaaSError) -> String {
        let field = try requireField()
        guard !field.isEmpty else { throw invalid(field, "a name") }
        return String(decoding: buffer[field], as: UTF8.self)
    }

    /// Passes over the next field.
    mutating func skip() throws(FaaSError) {
        _ = try requireField()
    }

    /// The next field as a whole number from 0 to 2^31 - 1.
    mutating func count() throws(FaaSError) -> Int {
        let field = try requireField()
        var value = 0
        for place in field {
            let digit = Int(buffer[place]) - 48
            guard digit >= 0, digit <= 9, value <= 214_748_364 else {
                throw invalid(field, "a whole number, 0 or more")
            }
            value = value * 10 + digit
        }
        guard !field.isEmpty, value <= Int(Int32.max) else { throw invalid(field, "a whole number, 0 or more") }
        return value
    }

    /// The next field as a finite number, 0 or more.
    mutating func number() throws(FaaSError) -> Double {
        let field = try requireField()
        guard let value = Double(String(decoding: buffer[field], as: UTF8.self)), value.isFinite, value >= 0 else {
            throw invalid(field, "a number, 0 or more")
        }
        return value
    }

    /// The error that the field at `range` is not `allowed`; the field was the last one read.
    private func invalid(_ range: Range<Int>, _ allowed: String) -> FaaSError {
        let name = column <= header.count ? header[column - 1] : "\(column)"
        let text = String(decoding: buffer[range].prefix(80), as: UTF8.self)
        return FaaSError(.invalidField, at: place, "\(name) is \"\(text)\"; allowed is \(allowed)")
    }
}
