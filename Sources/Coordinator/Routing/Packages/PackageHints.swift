/// What a function's own files say of its packages.
public enum PackageHints {
    /// The packages of a requirements.txt in the order of its lines, each as its normalised name (lower case; runs of
    /// `-`, `_` and `.` become one `-`, as PEP 503 says) with the exact version where one is pinned: another version is
    /// another installation. Options, comments, hashes and what has no name of its own, such as a URL, are passed over.
    public static func requirements(_ text: String) -> [String] {
        lines(ofRequirements: text).flatMap(\.packages)
    }

    /// The packages of the `# ol-install: a,b` comments at the head of a function's source, in their order. The head
    /// ends with the first line that is neither empty nor a comment.
    public static func openLambdaComments(_ source: String) -> [String] {
        lines(ofSource: source).flatMap(\.packages)
    }

    /// The lines of a requirements.txt that say something of packages, or might.
    public static func lines(ofRequirements text: String) -> [HintLine] {
        joined(text).compactMap { number, line in
            reading(ofRequirement: withoutComment(line)).map { HintLine(number, $0) }
        }
    }

    /// The `# ol-install:` lines at the head of a function's source.
    public static func lines(ofSource source: String) -> [HintLine] {
        var lines: [HintLine] = []
        let texts = source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(trimmed)
        for (index, line) in texts.enumerated() {
            guard line.isEmpty || line.hasPrefix("#") else { break }
            let comment = trimmed(line.drop { $0 == "#" })
            guard comment.hasPrefix("ol-install:") else { continue }
            let names = comment.dropFirst("ol-install:".count).split(separator: ",").map(trimmed).filter { !$0.isEmpty }
            let packages = names.map { (name: $0, package: Requirement.package($0)) }
            if let wrong = packages.first(where: { $0.package == nil }) {
                lines.append(HintLine(index + 1, .malformed(malformed(wrong.name))))
            } else {
                lines.append(HintLine(index + 1, .packages(packages.compactMap(\.package))))
            }
        }
        return lines
    }

    /// Options of pip that bring in packages from elsewhere.
    private static let bringingMore = ["-r", "--requirement", "-c", "--constraint", "-e", "--editable"]

    /// What a requirement says; nil when it says nothing of packages.
    private static func reading(ofRequirement content: Substring) -> HintLine.Reading? {
        guard !content.isEmpty else { return nil }
        if content.hasPrefix("-") {
            let option = content.prefix { !$0.isWhitespace && $0 != "=" }
            return bringingMore.contains(String(option)) ? .passedOver("what \(option) brings in is not read") : nil
        }
        // A requirement may have options of its own, such as hashes.
        let requirement = (content.split(separator: " --", maxSplits: 1).first ?? content)
            .prefix { $0 != ";" && $0 != "@" }
        guard !requirement.contains("/") else { return .passedOver("\"\(content)\" has no name of its own") }
        return Requirement.package(requirement).map { .packages([$0]) } ?? .malformed(malformed(content))
    }

    private static func malformed(_ text: Substring) -> String {
        "\"\(text)\" is no requirement: allowed is a package's name, with its version behind one of == >= <= ~= != > <"
    }

    /// Lines with their numbers, those that end in a backslash joined to the next.
    private static func joined(_ text: String) -> [(number: Int, line: String)] {
        var lines: [(number: Int, line: String)] = []
        var pending: (number: Int, line: String)?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let whole = (number: pending?.number ?? index + 1, line: (pending?.line ?? "") + line)
            pending = line.hasSuffix("\\") ? (whole.number, whole.line.dropLast() + " ") : nil
            if pending == nil { lines.append(whole) }
        }
        return lines + (pending.map { [$0] } ?? [])
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
}

/// `text` without the white space around it.
func trimmed(_ text: Substring) -> Substring {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return start[...last]
}
