/// What a function's own files say of its packages.
public enum PackageHints {
    /// The packages of a requirements.txt in the order of its lines, each as its normalised name (lower case; runs of
    /// `-`, `_` and `.` become one `-`, as PEP 503 says) with the exact version where one is pinned: another version is
    /// another installation. Options, comments, hashes and what has no name of its own, such as a URL, are passed over.
    public static func requirements(_ text: String) -> [String] {
        joined(text).compactMap { line in
            let content = withoutComment(line)
            let requirement = content.prefix { $0 != ";" && $0 != "@" }
            guard !content.hasPrefix("-"), !requirement.contains("/") else { return nil }
            return package(String(requirement))
        }
    }

    /// The packages of the `# ol-install: a,b` comments at the head of a function's source, in their order. The head
    /// ends with the first line that is neither empty nor a comment.
    public static func openLambdaComments(_ source: String) -> [String] {
        var packages: [String] = []
        for line in source.split(separator: "\n", omittingEmptySubsequences: false).map(trimmed) {
            guard line.isEmpty || line.hasPrefix("#") else { break }
            let comment = trimmed(line.drop { $0 == "#" })
            guard comment.hasPrefix("ol-install:") else { continue }
            packages += comment.dropFirst("ol-install:".count).split(separator: ",").compactMap { package(String($0)) }
        }
        return packages
    }

    /// Lines with those that end in a backslash joined to the next.
    private static func joined(_ text: String) -> [String] {
        var lines: [String] = []
        var pending = ""
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasSuffix("\\") {
                pending += line.dropLast() + " "
            } else {
                lines.append(pending + line)
                pending = ""
            }
        }
        return pending.isEmpty ? lines : lines + [pending]
    }

    /// A comment begins at a # at the line's start or after a space.
    private static func withoutComment(_ line: String) -> Substring {
        var previous: Character = " "
        for index in line.indices {
            if line[index] == "#", previous.isWhitespace { return trimmed(line[..<index]) }
            previous = line[index]
        }
        return trimmed(line[...])
    }

    /// `name==version`, or `name` alone where no exact version is given; nil without a name.
    private static func package(_ requirement: String) -> String? {
        let text = trimmed(requirement[...])
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard !name.isEmpty else { return nil }
        var normal = ""
        for character in name.lowercased() {
            let letter = "-_.".contains(character) ? "-" : character
            if letter != "-" || normal.last != "-" { normal.append(letter) }
        }
        guard let pin = versionPin(text.dropFirst(name.count)) else { return normal }
        return "\(normal)==\(pin)"
    }

    private static func versionPin(_ rest: Substring) -> Substring? {
        var rest = trimmed(rest)
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") { rest = trimmed(rest[rest.index(after: end)...]) }
        guard rest.hasPrefix("==") else { return nil }
        let version = trimmed(rest.drop { $0 == "=" }).prefix { !$0.isWhitespace && $0 != "," && $0 != ";" }
        return version.isEmpty || version.contains("*") ? nil : version
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...last]
    }
}
