/// Writes elements that are balanced by construction and text that is always escaped: well-formed XML, and HTML as long
/// as only HTML's void elements are written with `empty`.
struct MarkupWriter {
    private(set) var text = ""

    /// An element with `body` between its tags.
    mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], body: (inout MarkupWriter) -> Void
    ) {
        open(name, attributes)
        text += ">"
        body(&self)
        text += "</\(name)>"
    }

    /// An element that holds `content` as text.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text content: String) {
        element(name, attributes) { $0.write(content) }
    }

    /// An element without content.
    mutating func empty(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
        open(name, attributes)
        text += "/>"
    }

    /// Text, escaped.
    mutating func write(_ content: String) {
        text += Self.escaped(content)
    }

    /// Markup that is already well-formed, such as a drawing or a style sheet of this room.
    mutating func insert(markup: String) {
        text += markup
    }

    private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        text += "<\(name)"
        for (key, value) in attributes {
            text += " \(key)=\"\(Self.escaped(value))\""
        }
    }

    /// `content` with markup characters as entities and every scalar that XML 1.0 (section 2.2, Char) forbids as
    /// U+FFFD.
    static func escaped(_ content: String) -> String {
        var result = ""
        result.reserveCapacity(content.utf8.count)
        for scalar in content.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
