/// A value that stands for what a configuration's file says: what a command line says beside it.
public struct SettingsOverride: Hashable, Sendable {
    /// The key in the file.
    public let key: String
    /// The value as the file would have it.
    public let value: String
    /// How errors call it, such as "--interval".
    public let name: String

    /// The option called `name` gives `key` this value.
    public init(key: String, value: String, name: String) {
        self.key = key
        self.value = value
        self.name = name
    }
}
