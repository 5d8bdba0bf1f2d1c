import FoundationEssentials

extension Route.Pages {
    /// The field Link (RFC 8288) that leads from the page in `json` to the next one, of the same `arguments`; nil where
    /// the page is not full, so that nothing follows.
    func link(after json: [UInt8], _ arguments: [String: String], path: String) -> String? {
        let limit = arguments["limit"].flatMap { Int($0) } ?? standard
        guard let answer = try? JSONDecoder().decode(JSONValue.self, from: Data(json)),
            case .array(let elements) = answer[list], elements.count == limit, let last = elements.last?[cursor]
        else { return nil }
        let after: String
        switch last {
        case .string(let name): after = name
        case .integer(let number): after = "\(number)"
        default: return nil
        }
        var query = arguments
        query["after"] = after
        let text = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.escape($0.value))" }.joined(separator: "&")
        return "<\(path)?\(text)>; rel=\"next\""
    }

    /// All but the unreserved characters as escapes (RFC 3986, section 2.3).
    private static func escape(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
