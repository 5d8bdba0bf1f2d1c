import Registers

extension ProcessorSignature {
    /// The first processor in the text of /proc/cpuinfo; nil when there is none, its maker is not known here, or a number
    /// is missing.
    init?(cpuinfo: String) {
        var fields: [Substring: Substring] = [:]
        for line in cpuinfo.split(separator: "\n", omittingEmptySubsequences: false) {
            // An empty line ends the first processor's section.
            if line.isEmpty, !fields.isEmpty { break }
            let parts = line.split(separator: ":", maxSplits: 1).map { trimmed($0) }
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        guard let vendor = fields["vendor_id"].flatMap({ ProcessorVendor(rawValue: String($0)) }),
            let family = fields["cpu family"].flatMap({ Int($0) }),
            let model = fields["model"].flatMap({ Int($0) }),
            let stepping = fields["stepping"].flatMap({ Int($0) })
        else { return nil }
        self.init(vendor: vendor, family: family, model: model, stepping: stepping)
    }
}

private func trimmed(_ text: Substring) -> Substring {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
    return start[...last]
}
