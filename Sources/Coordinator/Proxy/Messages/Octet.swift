/// Classes of octets, as RFC 9110 (section 5.6.2) and RFC 9112 name them.
enum Octet {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0a
    static let carriageReturn: UInt8 = 0x0d
    static let space: UInt8 = 0x20
    static let comma: UInt8 = 0x2c
    static let dot: UInt8 = 0x2e
    static let slash: UInt8 = 0x2f
    static let colon: UInt8 = 0x3a
    static let semicolon: UInt8 = 0x3b
    static let questionMark: UInt8 = 0x3f

    /// A bit for each octet below 64 that may stand in a token: ! # $ % & ' * + - . and digits.
    private static let lowTokens: UInt64 = 0x03ff_6cfa_0000_0000
    /// The same for those from 64 on: letters ^ _ ` | ~.
    private static let highTokens: UInt64 = 0x57ff_ffff_c7ff_fffe

    /// tchar.
    @inline(__always)
    static func isToken(_ octet: UInt8) -> Bool {
        let bits = octet < 64 ? lowTokens : octet < 128 ? highTokens : 0
        return (bits >> UInt64(octet & 63)) & 1 == 1
    }

    /// field-vchar, or the white space within a value: everything visible, obs-text, space and tab.
    @inline(__always)
    static func isFieldValue(_ octet: UInt8) -> Bool {
        (octet >= 0x20 && octet != 0x7f) || octet == tab
    }

    /// What may stand in a target: visible ASCII. Everything else is to be percent-encoded (RFC 3986, section 2.1).
    @inline(__always)
    static func isTarget(_ octet: UInt8) -> Bool { octet > 0x20 && octet < 0x7f }

    /// What may stand in the value of Host: the characters of a host and a port (RFC 3986, sections 3.2.2 and 3.2.3).
    static func isHost(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case 0x21, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2d, 0x2e, 0x3a, 0x3b, 0x3d, 0x5b, 0x5d, 0x5f, 0x7e:
            true
        default: false
        }
    }

    /// The value of a hexadecimal digit; nil for anything else.
    @inline(__always)
    static func hexValue(_ octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    @inline(__always)
    static func isDigit(_ octet: UInt8) -> Bool { octet >= UInt8(ascii: "0") && octet <= UInt8(ascii: "9") }

    @inline(__always)
    static func lowercase(_ octet: UInt8) -> UInt8 {
        octet >= UInt8(ascii: "A") && octet <= UInt8(ascii: "Z") ? octet | 0x20 : octet
    }
}

extension Span<UInt8> {
    /// Whether the octets in `range` are `text`, whatever the case of their letters.
    func holds(_ text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        // The text is a literal of ASCII, whose memory lives as long as the program; the count was just compared.
        let expected = text.utf8Start
        for offset in 0..<range.count
        where Octet.lowercase(self[range.lowerBound + offset]) != Octet.lowercase(expected[offset]) { return false }
        return true
    }

    /// The octets in `range` as text; what is not UTF-8 is replaced.
    func text(in range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
