/// Where a term of an event lies in its encoding: a file below a PMU's `format` folder, such as "config:0-7,32-35"
/// (Linux, Documentation/ABI/testing/sysfs-bus-event_source-devices-format).
struct PerfFormat: Hashable, Sendable {
    /// The word of `perf_event_attr` that holds the term.
    enum Field: String, Hashable, Sendable {
        case config, config1, config2
    }

    let field: Field
    /// Ones where the term's bits lie, the lowest bit of the term in the lowest of them.
    let mask: UInt64

    /// Nil when `text` is not a known word, a colon and a list of bits from 0 to 63.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let field = Field(rawValue: String(parts[0])) else { return nil }
        var mask: UInt64 = 0
        for range in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { PerfTerm.number($0) }
            guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low <= high, high < 64
            else { return nil }
            mask |= (UInt64.max >> (63 - (high - low))) << low
        }
        self.field = field
        self.mask = mask
    }

    /// `value` laid over the mask's bits; nil when it has more bits than they can hold.
    func spread(_ value: UInt64) -> UInt64? {
        var spread: UInt64 = 0
        var rest = value
        var places = mask
        while places != 0 {
            let lowest = places & (0 &- places)
            if rest & 1 == 1 { spread |= lowest }
            rest >>= 1
            places &= places - 1
        }
        return rest == 0 ? spread : nil
    }
}
