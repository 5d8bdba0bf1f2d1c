/// One section of a YAML configuration, read key by key. Every key that is asked for counts as known; `finish()`
/// refuses what was never asked for, so that a misspelt key cannot silently do nothing.
public final class SettingsSection {
    /// The section's place in the file, such as "placement"; empty for the file itself.
    public let path: String
    /// The values in force, defaults included, in the order in which they were asked for.
    public private(set) var effective: [(path: String, value: String)] = []
    private let pairs: [YAMLPair]
    /// How errors call the keys that were overridden.
    private var names: [String: String] = [:]
    private var asked: [String] = []
    private var sections: [SettingsSection] = []

    private init(path: String, pairs: [YAMLPair]) {
        self.path = path
        self.pairs = pairs
    }

    /// Reads a YAML document. Throws `SettingsError` when it is no YAML, no mapping, or names a key twice. Each of
    /// `overrides` stands for what the document says under that key, if anything.
    public static func parse(
        yaml: String, overrides: [SettingsOverride] = []
    ) throws(SettingsError) -> SettingsSection {
        let node = try YAMLParser.parse(yaml) ?? .mapping([])
        guard node.isNull || node.pairs != nil else {
            throw SettingsError("the configuration must be a mapping of sections, such as \"telemetry:\"")
        }
        let overridden = Set(overrides.map(\.key))
        let pairs = (node.pairs ?? []).filter { !overridden.contains($0.key) }
        let section = SettingsSection(
            path: "", pairs: pairs + overrides.map { YAMLPair(key: $0.key, value: .scalar($0.value, isPlain: false)) })
        for override in overrides { section.names[override.key] = override.name }
        return section
    }

    private func fullName(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// How an error calls `key`: by its place in the file, or by the option that stands for it.
    public func name(of key: String) -> String { names[key] ?? fullName(key) }

    /// The keys that the section has, in the file's order: for sections whose keys are names of the user's choice.
    public var keys: [String] { pairs.map(\.key) }

    /// The value of `key`, which from now on is a known one; nil when it is absent or null.
    func node(_ key: String) -> YAMLNode? {
        if !asked.contains(key) { asked.append(key) }
        guard let node = pairs.first(where: { $0.key == key })?.value, !node.isNull else { return nil }
        return node
    }

    /// Lists `value` as the one of `key` in force.
    func note(_ key: String, _ value: String) {
        effective.append((fullName(key), value))
    }

    /// Lists `value` as the one of `key` in force where the configuration has none: for what is no single value.
    public func noteStandard(_ key: String, _ value: String) { note(key, value) }

    /// The section `key`, or nil when it is absent, which switches off what it configures.
    public func section(_ key: String) throws(SettingsError) -> SettingsSection? {
        guard let node = node(key) else { return nil }
        return try subsection(fullName(key), node)
    }

    /// The section `key`, or one without any key when it is absent: everything in it then has its standard value.
    public func sectionOrStandard(_ key: String) throws(SettingsError) -> SettingsSection {
        if let section = try section(key) { return section }
        return try subsection(fullName(key), .mapping([]))
    }

    /// The sections in the list `key`; none when it is absent. Throws `SettingsError` when it is no list of sections.
    public func sectionList(_ key: String) throws(SettingsError) -> [SettingsSection] {
        guard let node = node(key) else { return [] }
        guard let elements = node.elements else { throw SettingsError("\(name(of: key)) must be a list of sections") }
        var list: [SettingsSection] = []
        for (index, element) in elements.enumerated() {
            list.append(try subsection("\(name(of: key))[\(index)]", element))
        }
        return list
    }

    private func subsection(_ name: String, _ node: YAMLNode) throws(SettingsError) -> SettingsSection {
        guard let pairs = node.pairs else { throw SettingsError("\(name) must be a section with keys of its own") }
        let section = SettingsSection(path: name, pairs: pairs)
        sections.append(section)
        return section
    }

    /// The text of `key`, or `standard`. Throws `SettingsError` when it is absent without a standard, or no text.
    public func string(_ key: String, default standard: String? = nil) throws(SettingsError) -> String {
        guard let node = node(key) else {
            guard let standard else { throw SettingsError("\(name(of: key)) is missing: it must be set") }
            note(key, standard)
            return standard
        }
        guard let text = node.text, !text.isEmpty else {
            throw SettingsError("\(name(of: key)) must be a text that is not empty")
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
            throw SettingsError("\(name(of: key)) is \"\(value)\": allowed is \(allowed.joined(separator: ", "))")
        }
        return value
    }

    /// Whether `key` is "true", or `standard`.
    public func boolean(_ key: String, default standard: Bool) throws(SettingsError) -> Bool {
        try choice(key, of: ["true", "false"], default: "\(standard)") == "true"
    }

    /// The list of texts of `key`. Throws `SettingsError` when it is absent or has anything but texts.
    public func strings(_ key: String) throws(SettingsError) -> [String] {
        guard let node = node(key), let elements = node.elements else {
            throw SettingsError("\(name(of: key)) must be a list")
        }
        var texts: [String] = []
        for element in elements {
            guard let text = element.text, !text.isEmpty else {
                throw SettingsError("\(name(of: key)) must be a list of texts that are not empty")
            }
            texts.append(text)
        }
        note(key, "[\(texts.joined(separator: ", "))]")
        return texts
    }

    /// The list of texts of `key`, or none when it is absent. Throws `SettingsError` when it has anything but texts.
    public func optionalStrings(_ key: String) throws(SettingsError) -> [String] {
        node(key) == nil ? [] : try strings(key)
    }

    /// Refuses keys that nobody asked for, here and in the sections that were asked for. Throws `SettingsError` naming
    /// the first and what is allowed in its place.
    public func finish() throws(SettingsError) {
        for name in pairs.map(\.key) {
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
