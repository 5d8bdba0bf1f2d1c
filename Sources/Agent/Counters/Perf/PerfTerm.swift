/// One term of an event as a PMU's `events` folder spells it: "umask=0x03", or "edge" alone for a value of 1 (Linux,
/// Documentation/ABI/testing/sysfs-bus-event_source-devices-events).
struct PerfTerm: Hashable, Sendable {
    let name: String
    let value: UInt64

    init(_ name: String, _ value: UInt64) {
        self.name = name
        self.value = value
    }

    /// The terms of an event's file, such as "event=0x04,umask=0x03". Nil when it is empty or a term is malformed; an
    /// event that asks for a parameter ("core=?") cannot be counted as it stands and counts as malformed.
    static func list(_ text: some StringProtocol) -> [PerfTerm]? {
        var terms: [PerfTerm] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = sides.first, isName(name) else { return nil }
            if sides.count == 1 {
                terms.append(PerfTerm(String(name), 1))
            } else {
                guard let value = number(sides[1]) else { return nil }
                terms.append(PerfTerm(String(name), value))
            }
        }
        return terms
    }

    /// A decimal number, or a hexadecimal one after "0x", without sign or white space; nil when `text` is neither or
    /// has more than 64 bits.
    static func number(_ text: some StringProtocol) -> UInt64? {
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        let digits = isHexadecimal ? text.dropFirst(2) : text[...]
        // UInt64.init would also take a sign.
        guard let first = digits.first, first != "+", first != "-" else { return nil }
        return UInt64(digits, radix: isHexadecimal ? 16 : 10)
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
