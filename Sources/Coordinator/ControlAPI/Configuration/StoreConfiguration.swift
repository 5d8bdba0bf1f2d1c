import Settings
public import Store

/// The section `store`: where decisions are kept, and what was measured.
public struct StoreConfiguration: Hashable, Sendable {
    /// The journal's file.
    public var journalPath: String
    /// How far a written decision has got.
    public var durability: Journal.Durability
    /// What was measured over time; nil keeps none of it.
    public var history: HistoryConfiguration?

    init(_ section: SettingsSection) throws(SettingsError) {
        journalPath = try section.string("journal")
        let name = try section.choice(
            "durability", of: Journal.Durability.allCases.map(\.rawValue), default: Journal.Durability.full.rawValue)
        durability = Journal.Durability(rawValue: name) ?? .full
        history = try section.section("history").map { section throws(SettingsError) in try .init(section) }
    }
}
