/// Which function a target names, and how: `/run/<name>`, `/runLambda/<name>` or `/function/<name>`, each with more
/// path and a query after it.
struct Route: Hashable, Sendable {
    /// The function's name, an OpenFaaS namespace included: functions of two namespaces are two functions.
    let function: Range<Int>
    /// From the function's name to the end of the target.
    let rest: Range<Int>

    private static let longestName = 253

    /// Reads the target in `range`. Throws `MessageError`: 404 where it names no function at all, and 400 where what it
    /// names cannot be a function.
    init(_ octets: Span<UInt8>, _ range: Range<Int>) throws(MessageError) {
        guard let start = Self.prefixEnd(octets, range) else {
            throw MessageError(
                404, "there is nothing here: functions are at /run/<name>, /runLambda/<name> and /function/<name>")
        }
        var end = start
        while end < range.upperBound, Self.isName(octets[end]) { end += 1 }
        let isEnded = end == range.upperBound || octets[end] == Octet.slash || octets[end] == Octet.questionMark
        let isOnlyDots = (start..<end).allSatisfy { octets[$0] == Octet.dot }
        guard isEnded, !isOnlyDots, end - start <= Self.longestName else {
            throw .bad(
                "the path names no function: allowed are letters, digits, '.', '-' and '_', at most \(Self.longestName)"
            )
        }
        function = start..<end
        rest = start..<range.upperBound
        guard !Self.hasDotSegment(octets, end..<range.upperBound) else {
            throw .bad("the path has a dot segment, which could lead out of the function")
        }
    }

    private static func prefixEnd(_ octets: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for (prefix, count) in [("/run/" as StaticString, 5), ("/runLambda/", 11), ("/function/", 10)]
        where range.count >= count && octets.holdsExactly(prefix, from: range.lowerBound) {
            return range.lowerBound + count
        }
        return nil
    }

    private static func isName(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether the path in `range` has a segment `.` or `..`, its dots percent-encoded or not.
    private static func hasDotSegment(_ octets: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var dots = 0
        var position = range.lowerBound
        while position < range.upperBound, octets[position] != Octet.questionMark {
            if octets[position] == Octet.slash {
                if dots == 1 || dots == 2 { return true }
                dots = 0
                position += 1
            } else if dots >= 0, octets[position] == Octet.dot {
                dots += 1
                position += 1
            } else if dots >= 0, position + 3 <= range.upperBound, octets.holds("%2e", in: position..<position + 3) {
                dots += 1
                position += 3
            } else {
                // Something else stands in this segment.
                dots = .min
                position += 1
            }
        }
        return dots == 1 || dots == 2
    }
}

extension Span<UInt8> {
    /// Whether `text` stands at `start`, letter for letter; there must be room for it.
    func holdsExactly(_ text: StaticString, from start: Int) -> Bool {
        // The text is a literal of ASCII, whose memory lives as long as the program.
        let expected = text.utf8Start
        for offset in 0..<text.utf8CodeUnitCount where self[start + offset] != expected[offset] { return false }
        return true
    }
}
