/// InfluxDB's line protocol, as versions 1 and 2 both read it.
///
/// What the format has no way to say is replaced by an underscore: control characters everywhere, and backslashes in
/// names and tags, where one before a delimiter would hide it.
public struct LineProtocol: Sendable {
    /// The unit of the timestamps.
    public let precision: TimestampPrecision

    /// Lines whose timestamps are of this unit.
    public init(precision: TimestampPrecision) { self.precision = precision }

    /// The point's line, with the line feed that ends it; nil where nothing is left to say of it.
    ///
    /// Tags stand in the order of their keys, which spares InfluxDB the sorting. Tags without a value cannot be said and
    /// are left out, as are numbers that are not finite, and keys called "time", which InfluxDB keeps for itself.
    public func line(_ point: InfluxPoint) -> [UInt8]? {
        guard !point.measurement.isEmpty else { return nil }
        var line: [UInt8] = []
        // A line that begins with this sign is a comment.
        if point.measurement.utf8.first == UInt8(ascii: "#") {
            line.append(UInt8(ascii: "_"))
            Self.add(point.measurement.utf8.dropFirst(), escaping: Self.inMeasurements, to: &line)
        } else {
            Self.add(point.measurement.utf8, escaping: Self.inMeasurements, to: &line)
        }
        for tag in point.tags.sorted(by: { $0.key < $1.key }) where Self.isKey(tag.key) && !tag.value.isEmpty {
            line.append(UInt8(ascii: ","))
            Self.add(tag.key.utf8, escaping: Self.inKeysAndTags, to: &line)
            line.append(UInt8(ascii: "="))
            Self.add(tag.value.utf8, escaping: Self.inKeysAndTags, to: &line)
        }
        var separator = UInt8(ascii: " ")
        for field in point.fields where Self.isKey(field.key) {
            guard let text = Self.text(of: field.value) else { continue }
            line.append(separator)
            Self.add(field.key.utf8, escaping: Self.inKeysAndTags, to: &line)
            line.append(UInt8(ascii: "="))
            line += text
            separator = UInt8(ascii: ",")
        }
        guard separator == UInt8(ascii: ",") else { return nil }
        line += " \(precision.stamp(point.unixNanoseconds))\n".utf8
        return line
    }

    private static let inMeasurements: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: " ")]
    private static let inKeysAndTags: [UInt8] = inMeasurements + [UInt8(ascii: "=")]

    private static func isKey(_ key: String) -> Bool { !key.isEmpty && key != "time" }

    private static func add(_ text: some Sequence<UInt8>, escaping special: [UInt8], to line: inout [UInt8]) {
        for byte in text {
            if byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") {
                line.append(UInt8(ascii: "_"))
                continue
            }
            if special.contains(byte) { line.append(UInt8(ascii: "\\")) }
            line.append(byte)
        }
    }

    private static func text(of value: InfluxPoint.Value) -> [UInt8]? {
        switch value {
        case .float(let number): number.isFinite ? Array("\(number)".utf8) : nil
        case .integer(let number): Array("\(number)i".utf8)
        case .boolean(let isTrue): Array((isTrue ? "true" : "false").utf8)
        case .text(let text): quoted(text)
        }
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var bytes = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case 0..<0x20, 0x7F: bytes.append(UInt8(ascii: "_"))
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            default: bytes.append(byte)
            }
        }
        return bytes + [UInt8(ascii: "\"")]
    }
}
