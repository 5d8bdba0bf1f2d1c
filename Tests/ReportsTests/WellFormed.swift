import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The elements of a well-formed XML text, in document order, read by a parser that is not ours.
final class Elements: NSObject, XMLParserDelegate {
    struct Element: Equatable {
        let name: String
        let attributes: [String: String]

        func number(_ attribute: String) -> Double? { attributes[attribute].flatMap(Double.init) }

        func has(style: String) -> Bool { attributes["class", default: ""].split(separator: " ").contains("\(style)") }
    }

    private(set) var all: [Element] = []
    private(set) var texts: [String] = []
    private var isTextOpen = false

    /// Parses `text`; nil when it is not well-formed.
    init?(_ text: String) {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        guard parser.parse() else { return nil }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        all.append(Element(name: name, attributes: attributes))
        isTextOpen = false
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        isTextOpen = false
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        // The parser hands over text in pieces at each entity.
        if isTextOpen { texts[texts.count - 1] += string } else { texts.append(string) }
        isTextOpen = true
    }

    func named(_ name: String) -> [Element] { all.filter { $0.name == name } }
}
