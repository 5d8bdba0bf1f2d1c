import Yams

/// One section of a YAML configuration, read key by key. Every key that is asked for counts as known; `finish()`
/// refuses what was never asked for, so that a misspelt key cannot silently do nothing.
public final class SettingsSection {
    /// The section's place in the file, such as "placement"; empty for the file itself.
    public let path: String
    /// The values in force, defaults included, in the order in which they were asked for.
    public private(set) var effective: [(path: String, value: String)] = []
    private let mapping: Node.Mapping
    private var asked: [String] = []
    private var sections: [SettingsSection] = []

    private init(path: String, mapping: Node.Mapping) {
        self.path = path
        self.mapping = mapping
    }

    /// Reads a YAML document. Throws `SettingsError` when it is no YAML, no mapping, or names a key twice.
    public static func parse(yaml: String) throws(SettingsError) -> SettingsSection {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            // Yams tells over several lines, with the place marked below; a log and an exit want one.
            let sentence = "\(error)".split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: " ")
            throw SettingsError("the configuration is not valid YAML: \(sentence)")
        }
        guard let node else { return SettingsSection(path: "", mapping: Node.Mapping([])) }
        guard let mapping = node.mapping else {
            throw SettingsError("the configuration must be a mapping of sections, such as \"telemetry:\"")
        }
        return SettingsSection(path: "", mapping: mapping)
    }

    private func fullName(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func node(_ key: String) -> Node? {
        if !asked.contains(key) { asked.append(key) }
        guard let node = mapping[key], node.null == nil else { return nil }
        return node
    }

    private func note(_ key: String, _ value: String) {
        effective.append((fullName(key), value))
    }

    /// The section `key`, or nil when it is absent, which switches off what it configures.
    public func section(_ key: String) throws(SettingsError) -> SettingsSection? {
        guard let node = node(key) else { return nil }
        guard let mapping = node.mapping else {
            throw SettingsError("\(fullName(key)) must be a section with keys of its own")
        }
        let section = SettingsSection(path: fullName(key), mapping: mapping)
        sections.append(section)
        return section
    }

    /// The text of `key`, or `standard`. Throws `SettingsError` when it is absent without a standard, or no text.
    public func string(_ key: String, default standard: String? = nil) throws(SettingsError) -> String {
        guard let node = node(key) else {
            guard let standard else { throw SettingsError("\(fullName(key)) is missing: it must be set") }
            note(key, standard)
            return standard
        }
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw SettingsError("\(fullName(key)) must be a text that is not empty")
        }
        note(key, text)
        return text
    }

    /// The text of `key`, or nil when it is absent. Throws `SettingsError` when it is no text.
    public func optionalString(_ key: String) throws(SettingsError) -> String? {
        node(key) == nil ? nil : try string(key)
    }

    /// The text of `key`, or `standard`, which must be one of `allowed`.
    public func choice(_ key: String, of allowed: [String], default standard: String? = nil) throws(SettingsError) -> String {
        let value = try string(key, default: standard)
        guard allowed.contains(value) else {
            throw SettingsError("\(fullName(key)) is \"\(value)\": allowed is \(allowed.joined(separator: ", "))")
        }
        return value
    }

    /// The whole number of `key`, or `standard`, within `range`.
    public func integer(_ key: String, in range: ClosedRange<Int>, default standard: Int) throws(SettingsError) -> Int {
        guard let node = node(key) else {
            note(key, "\(standard)")
            return standard
        }
        guard let text = node.scalar?.string, let value = Int(text), range.contains(value) else {
            let given = node.scalar?.string ?? "not a number"
            throw SettingsError(
                "\(fullName(key)) is \(given): allowed is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        note(key, "\(value)")
        return value
    }

    /// The duration of `key`, written as "20ms", "1s", "5m" or "2h", or `standard`, within `range`; all in nanoseconds.
    public func nanoseconds(
        _ key: String, in range: ClosedRange<UInt64>, default standard: UInt64
    ) throws(SettingsError) -> UInt64 {
        guard let node = node(key) else {
            note(key, DurationText.format(nanoseconds: standard))
            return standard
        }
        guard let text = node.scalar?.string, let value = DurationText.parse(text), range.contains(value) else {
            throw SettingsError(
                "\(fullName(key)) is \(node.scalar?.string ?? "not a duration"): allowed is a duration from "
                    + "\(DurationText.format(nanoseconds: range.lowerBound)) to "
                    + "\(DurationText.format(nanoseconds: range.upperBound)), written like 20ms, 1s, 5m or 2h")
        }
        note(key, DurationText.format(nanoseconds: value))
        return value
    }

    /// The duration of `key` in whole milliseconds, or `standard`, within `range`; nil when it is absent without a standard.
    public func milliseconds(
        _ key: String, in range: ClosedRange<UInt32>, default standard: UInt32? = nil
    ) throws(SettingsError) -> UInt32? {
        guard standard != nil || node(key) != nil else { return nil }
        let nanoseconds = try nanoseconds(
            key, in: UInt64(range.lowerBound) * 1_000_000...UInt64(range.upperBound) * 1_000_000,
            default: UInt64(standard ?? 0) * 1_000_000)
        guard nanoseconds % 1_000_000 == 0 else {
            throw SettingsError(
                "\(fullName(key)) is \(DurationText.format(nanoseconds: nanoseconds)): allowed are whole milliseconds")
        }
        return UInt32(nanoseconds / 1_000_000)
    }

    /// The list of texts of `key`. Throws `SettingsError` when it is absent or has anything but texts.
    public func strings(_ key: String) throws(SettingsError) -> [String] {
        guard let node = node(key), let sequence = node.sequence else {
            throw SettingsError("\(fullName(key)) must be a list")
        }
        var texts: [String] = []
        for element in sequence {
            guard let text = element.scalar?.string, !text.isEmpty else {
                throw SettingsError("\(fullName(key)) must be a list of texts that are not empty")
            }
            texts.append(text)
        }
        note(key, "[\(texts.joined(separator: ", "))]")
        return texts
    }

    /// Refuses keys that nobody asked for, here and in the sections that were asked for. Throws `SettingsError` naming
    /// the first and what is allowed in its place.
    public func finish() throws(SettingsError) {
        for key in mapping.keys {
            let name = key.scalar?.string ?? "?"
            guard asked.contains(name) else {
                let place = path.isEmpty ? "the configuration" : "section \(path)"
                throw SettingsError("unknown key \(fullName(name)): allowed in \(place) is \(asked.joined(separator: ", "))")
            }
        }
        for section in sections { try section.finish() }
    }

    /// One line per value in force, sections included, for the log at start.
    public func effectiveLines() -> [String] {
        effective.map { "\($0.path): \($0.value)" } + sections.flatMap { $0.effectiveLines() }
    }
}
