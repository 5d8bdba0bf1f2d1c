/// What an S3 store says in XML: the few elements that are read, found by their names. Names of objects need no
/// decoding, because `ObjectName` allows no character that XML would write otherwise.
struct S3Answer {
    private let text: String

    init(_ body: [UInt8]) {
        text = String(decoding: body, as: UTF8.self)
    }

    /// The error's code: "NoSuchKey".
    var code: String? { values(of: "Code").first }
    /// The error's sentence.
    var message: String? { values(of: "Message").first }
    /// The names on a page of a list.
    var keys: [String] { values(of: "Key") }
    /// Whether more pages follow.
    var isTruncated: Bool { values(of: "IsTruncated").first == "true" }

    private func values(of element: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "<\(element)>"),
            let end = rest[start.upperBound...].firstRange(of: "</\(element)>")
        {
            found.append(String(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }
}
