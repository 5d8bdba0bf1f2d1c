import Settings

extension SettingsSection {
    /// The address of the web under `key`, without the slash at its end. Throws `SettingsError`.
    func webAddress(_ key: String) throws(SettingsError) -> String { try webAddress(try string(key), of: key) }

    /// The same; nil when it is absent.
    func optionalWebAddress(_ key: String) throws(SettingsError) -> String? {
        try optionalString(key).map { text throws(SettingsError) in try webAddress(text, of: key) }
    }

    private func webAddress(_ text: String, of key: String) throws(SettingsError) -> String {
        guard ["http://", "https://"].contains(where: { text.hasPrefix($0) && text.utf8.count > $0.utf8.count }) else {
            throw SettingsError("\(name(of: key)) is \"\(text)\": allowed is an address such as http://10.0.0.5:8080")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
