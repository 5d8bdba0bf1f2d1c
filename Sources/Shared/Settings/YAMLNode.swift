/// One value of a YAML document. Types are left to whoever asks: every scalar is a text.
public enum YAMLNode: Sendable {
    /// A text; a plain one stands without quotes, and only then can it mean null.
    case scalar(String, isPlain: Bool)
    /// Values in their order.
    case sequence([YAMLNode])
    /// Keys with their values, each key once.
    case mapping([YAMLPair])

    /// The text of a scalar.
    public var text: String? {
        guard case .scalar(let text, _) = self else { return nil }
        return text
    }

    /// The elements of a sequence.
    public var elements: [YAMLNode]? {
        guard case .sequence(let elements) = self else { return nil }
        return elements
    }

    /// The pairs of a mapping, each key once.
    public var pairs: [YAMLPair]? {
        guard case .mapping(let pairs) = self else { return nil }
        return pairs
    }

    /// Whether this is YAML's null (YAML 1.2, section 10.3.2): nothing at all, a tilde or the word, without quotes.
    public var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = self else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The document in `text`, or nil when it has none. Throws `SettingsError` with the line when it is no YAML, has more
    /// than one document, names a key twice, or has anchors, aliases or tags.
    public static func parse(_ text: String) throws(SettingsError) -> YAMLNode? { try YAMLParser.parse(text) }

    /// The value of `key` in a mapping; nil when it is absent or null.
    public subscript(_ key: String) -> YAMLNode? {
        guard let value = pairs?.first(where: { $0.key == key })?.value, !value.isNull else { return nil }
        return value
    }
}

/// One key of a mapping with its value.
public struct YAMLPair: Sendable {
    /// The key, a text.
    public let key: String
    /// Its value.
    public let value: YAMLNode
}
