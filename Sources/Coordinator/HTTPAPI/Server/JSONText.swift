import FoundationEssentials

/// Values as JSON text, in the one form that this server sends.
enum JSONText {
    /// The text of `value`, its members in the order of their names. Throws what encoding throws.
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
