/// The fields of a head, with what they say of the connection and of the body's length.
struct HeaderFields: Hashable, Sendable {
    /// In the order in which they came.
    private(set) var all: [HeaderField] = []
    /// The one Host field.
    private(set) var host: HeaderField?
    /// The value of the one Content-Length field.
    private(set) var contentLength: UInt64?
    /// Whether the body comes in chunks.
    private(set) var isChunked = false
    /// Connection said `close`.
    private(set) var saysClose = false
    /// Connection said `keep-alive`.
    private(set) var saysKeepAlive = false
    /// Connection said `upgrade`.
    private(set) var saysUpgrade = false
    /// Names that Connection listed besides these: those fields are for this hop only.
    private(set) var listed: [Range<Int>] = []

    private static let mostFields = 256

    /// Reads the lines from `start` on up to the empty line that ends at `end`. Throws `MessageError`.
    init(_ octets: Span<UInt8>, from start: Int, to end: Int) throws(MessageError) {
        all.reserveCapacity(12)
        var position = start
        while octets[position] != Octet.carriageReturn {
            guard all.count < Self.mostFields else {
                throw MessageError(431, "the head has more than \(Self.mostFields) fields")
            }
            let field = try Self.field(octets, &position)
            all.append(field)
            try note(field, octets)
        }
        guard position + 2 == end else { throw .bad("a carriage return stands alone in the head") }
        guard !isChunked || contentLength == nil else {
            throw .bad("Content-Length and Transfer-Encoding exclude each other")
        }
    }

    /// Whether a field is passed on: it is not for this hop only, neither by its nature nor because Connection lists
    /// it.
    func passesOn(_ field: HeaderField, _ octets: Span<UInt8>) -> Bool {
        guard !field.kind.endsHere else { return false }
        guard !listed.isEmpty, field.kind == .other else { return true }
        return !listed.contains { name in
            guard name.count == field.name.count else { return false }
            for offset in 0..<name.count
            where Octet.lowercase(octets[name.lowerBound + offset])
                != Octet.lowercase(octets[field.name.lowerBound + offset])
            { return false }
            return true
        }
    }

    /// The name that the client gave the request, if it can be kept: up to 128 visible characters.
    func keptRequestID(_ octets: Span<UInt8>) -> String? {
        guard let field = all.first(where: { $0.kind == .requestID }), (1...128).contains(field.value.count),
            field.value.allSatisfy({ Octet.isTarget(octets[$0]) })
        else { return nil }
        return octets.text(in: field.value)
    }

    /// The value of the first field called `name`, which is written in lower case.
    func text(of name: StaticString, _ octets: Span<UInt8>) -> String? {
        all.first { octets.holds(name, in: $0.name) }.map { octets.text(in: $0.value) }
    }

    // MARK: Lines

    private static func field(_ octets: Span<UInt8>, _ position: inout Int) throws(MessageError) -> HeaderField {
        let nameStart = position
        while Octet.isToken(octets[position]) { position += 1 }
        let name = nameStart..<position
        guard !name.isEmpty, octets[position] == Octet.colon else { throw misnamed(octets, at: position, name) }
        position += 1
        while octets[position] == Octet.space || octets[position] == Octet.tab { position += 1 }
        let valueStart = position
        while Octet.isFieldValue(octets[position]) { position += 1 }
        guard octets[position] == Octet.carriageReturn, octets[position + 1] == Octet.lineFeed else {
            throw .bad("the value of a field holds a control character")
        }
        var valueEnd = position
        while valueEnd > valueStart, octets[valueEnd - 1] == Octet.space || octets[valueEnd - 1] == Octet.tab {
            valueEnd -= 1
        }
        position += 2
        return HeaderField(kind: .named(octets, name), name: name, value: valueStart..<valueEnd)
    }

    private static func misnamed(_ octets: Span<UInt8>, at position: Int, _ name: Range<Int>) -> MessageError {
        let isSpace = octets[position] == Octet.space || octets[position] == Octet.tab
        if isSpace {
            return .bad(
                name.isEmpty ? "a field is folded over lines" : "white space stands before the colon of a field")
        }
        return .bad("the name of a field is no token")
    }

    // MARK: What they say

    private mutating func note(_ field: HeaderField, _ octets: Span<UInt8>) throws(MessageError) {
        switch field.kind {
        case .host:
            guard host == nil else { throw .bad("there is more than one Host field") }
            host = field
        case .contentLength:
            guard contentLength == nil else { throw .bad("there is more than one Content-Length field") }
            contentLength = try Self.length(octets, field.value)
        case .transferEncoding:
            guard !isChunked else { throw .bad("there is more than one Transfer-Encoding") }
            guard octets.holds("chunked", in: field.value) else {
                throw MessageError(501, "the transfer encoding is not chunked, the only one there is here")
            }
            isChunked = true
        case .connection: noteConnection(octets, field.value)
        default: break
        }
    }

    private static func length(_ octets: Span<UInt8>, _ range: Range<Int>) throws(MessageError) -> UInt64 {
        // 18 digits are fewer than 2^63.
        guard (1...18).contains(range.count) else { throw .bad("Content-Length is no length") }
        var length: UInt64 = 0
        for index in range {
            guard Octet.isDigit(octets[index]) else { throw .bad("Content-Length is no length") }
            length = length * 10 + UInt64(octets[index] - UInt8(ascii: "0"))
        }
        return length
    }

    private mutating func noteConnection(_ octets: Span<UInt8>, _ range: Range<Int>) {
        for option in octets.listElements(in: range) {
            if octets.holds("close", in: option) {
                saysClose = true
            } else if octets.holds("keep-alive", in: option) {
                saysKeepAlive = true
            } else if octets.holds("upgrade", in: option) {
                saysUpgrade = true
            } else {
                listed.append(option)
            }
        }
    }
}

extension Span<UInt8> {
    /// The elements of a comma-separated list, without the white space around them; empty ones are passed over
    /// (RFC 9110, section 5.6.1).
    func listElements(in range: Range<Int>) -> [Range<Int>] {
        var elements: [Range<Int>] = []
        var start = range.lowerBound
        for index in range.lowerBound...range.upperBound {
            guard index == range.upperBound || self[index] == Octet.comma else { continue }
            var element = start..<index
            while let first = element.first, self[first] == Octet.space || self[first] == Octet.tab {
                element = first + 1..<element.upperBound
            }
            while let last = element.last, self[last] == Octet.space || self[last] == Octet.tab {
                element = element.lowerBound..<last
            }
            if !element.isEmpty { elements.append(element) }
            start = index + 1
        }
        return elements
    }
}
