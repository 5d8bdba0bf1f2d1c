/// One value of a YAML document. Types are left to whoever asks: every scalar is a text.
enum YAMLNode {
    /// A text; a plain one stands without quotes, and only then can it mean null.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([YAMLPair])

    /// The text of a scalar.
    var text: String? {
        guard case .scalar(let text, _) = self else { return nil }
        return text
    }

    /// The elements of a sequence.
    var elements: [YAMLNode]? {
        guard case .sequence(let elements) = self else { return nil }
        return elements
    }

    /// The pairs of a mapping, each key once.
    var pairs: [YAMLPair]? {
        guard case .mapping(let pairs) = self else { return nil }
        return pairs
    }

    /// Whether this is YAML's null (YAML 1.2, section 10.3.2): nothing at all, a tilde or the word, without quotes.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = self else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}

/// One key of a mapping with its value.
struct YAMLPair {
    let key: String
    let value: YAMLNode
}
