/// One requirement as pip writes it (PEP 508), as far as it names a package and a version.
enum Requirement {
    /// `name==version`, or `name` alone where no exact version is given; nil where there is no name, or something
    /// behind it that is neither extras nor a version.
    static func package(_ requirement: Substring) -> String? {
        let text = trimmed(requirement)
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard let first = name.first, first.isLetter || first.isNumber,
            let versions = versions(text.dropFirst(name.count))
        else { return nil }
        var normal = ""
        for character in name.lowercased() {
            let letter = "-_.".contains(character) ? "-" : character
            if letter != "-" || normal.last != "-" { normal.append(letter) }
        }
        guard let pin = pin(versions) else { return normal }
        return "\(normal)==\(pin)"
    }

    private static let comparisons = ["===", "==", ">=", "<=", "~=", "!=", ">", "<"]

    /// What stands behind a name and its extras; nil when it is something else than versions.
    private static func versions(_ rest: Substring) -> Substring? {
        var rest = trimmed(rest)
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            rest = trimmed(rest[rest.index(after: end)...])
        }
        if rest.hasPrefix("("), rest.hasSuffix(")") { rest = trimmed(rest.dropFirst().dropLast()) }
        return rest.isEmpty || comparisons.contains(where: rest.hasPrefix) ? rest : nil
    }

    /// The one exact version among `versions`; nil without one.
    private static func pin(_ versions: Substring) -> Substring? {
        guard versions.hasPrefix("==") else { return nil }
        let version = trimmed(versions.drop { $0 == "=" }).prefix { !$0.isWhitespace && $0 != "," }
        return version.isEmpty || version.contains("*") ? nil : version
    }
}
