/// A place in a JSON value (RFC 6901): "/faces/0" is the first element of the member "faces", "" the whole value.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// The pointer as it is written.
    public let description: String
    private let tokens: [String]

    /// The whole value.
    public static let whole = JSONPointer(description: "", tokens: [])

    private init(description: String, tokens: [String]) {
        self.description = description
        self.tokens = tokens
    }

    /// Takes the text of a pointer: nothing, or parts that each begin with "/"; "~1" stands for "/", "~0" for "~".
    public init?(_ text: String) {
        guard text.isEmpty || text.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let token = Self.unescaped(part) else { return nil }
            tokens.append(token)
        }
        self.init(description: text, tokens: tokens)
    }

    private static func unescaped(_ part: Substring) -> String? {
        var token = ""
        var rest = part.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "~" else {
                token.unicodeScalars.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "0": token.append("~")
            case "1": token.append("/")
            default: return nil
            }
        }
        return token
    }

    /// What stands at this place of `value`, or nil when nothing does.
    func find(in value: JSONValue) -> JSONValue? {
        var found = value
        for token in tokens {
            switch found {
            case .object(let members):
                guard let member = members[token] else { return nil }
                found = member
            case .array(let elements):
                guard let index = Int(token), "\(index)" == token, elements.indices.contains(index) else { return nil }
                found = elements[index]
            default:
                return nil
            }
        }
        return found
    }
}
