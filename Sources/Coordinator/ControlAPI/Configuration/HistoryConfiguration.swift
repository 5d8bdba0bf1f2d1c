import Settings
public import Store

/// The section `store.history`: what was measured and decided over time, for how long, in how many bytes.
public struct HistoryConfiguration: Hashable, Sendable {
    /// How fine nodes' metrics are kept.
    public enum Scope: String, Hashable, Sendable, CaseIterable {
        /// Of each node as a whole.
        case system
        /// Of its sockets, too.
        case socket
        /// Of each of its CPUs, too.
        case cpu
    }

    /// The history's file.
    public var path: String
    /// How fine nodes' metrics are kept.
    public var scope: Scope
    /// How much is kept, and how much may wait.
    public var settings: HistorySettings

    private static let year = 366 * 86_400

    init(_ section: SettingsSection) throws(SettingsError) {
        let standard = HistorySettings()
        path = try section.string("file")
        let name = try section.choice("scope", of: Scope.allCases.map(\.rawValue), default: Scope.socket.rawValue)
        scope = Scope(rawValue: name) ?? .socket
        settings = HistorySettings(
            tiers: try Self.tiers(section),
            limitBytes: try section.bytes("size", in: 16 << 20...1 << 40, default: standard.limitBytes),
            mostQueuedPoints: try section.integer("queue", in: 1_000...16_000_000, default: standard.mostQueuedPoints),
            mostSeries: try section.integer("series", in: 100...1_000_000, default: standard.mostSeries))
        if let flaw = History.flaw(of: settings.tiers) {
            throw SettingsError("\(section.name(of: "tiers")) cannot be used: \(flaw)")
        }
    }

    private static func tiers(_ section: SettingsSection) throws(SettingsError) -> [HistoryTier] {
        var tiers: [HistoryTier] = []
        for tier in try section.sectionList("tiers") {
            for key in ["every", "keep"] where !tier.keys.contains(key) {
                throw SettingsError("\(tier.name(of: key)) is missing: it must be set")
            }
            tiers.append(
                HistoryTier(
                    secondsPerPoint: try tier.wholeSeconds("every", in: 1...86_400, default: 1),
                    keepSeconds: try tier.wholeSeconds("keep", in: 60...100 * year, default: 3_600)))
        }
        if tiers.isEmpty { section.noteStandard("tiers", HistoryTier.text(of: HistoryTier.standard)) }
        return tiers.isEmpty ? HistoryTier.standard : tiers
    }
}

extension HistoryTier {
    /// The tiers as an operator reads them: "1s for 1h, 10s for 24h".
    public static func text(of tiers: [HistoryTier]) -> String {
        func length(_ seconds: Int) -> String { DurationText.format(nanoseconds: UInt64(seconds) * 1_000_000_000) }
        return tiers.map { "\(length($0.secondsPerPoint)) for \(length($0.keepSeconds))" }.joined(separator: ", ")
    }
}
