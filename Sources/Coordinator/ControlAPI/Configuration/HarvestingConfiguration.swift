public import Harvesting
import Settings

/// The section `harvesting`: whose idle resources are lent to whom.
public struct HarvestingConfiguration: Sendable {
    /// Whether limits are changed, or only what would be is shown.
    public enum Mode: String, Sendable, CaseIterable {
        /// Looks on and says what it would do.
        case observe
        /// Changes limits.
        case act
    }

    /// Who decides how much a container has.
    public enum Rule: String, Sendable, CaseIterable {
        /// Whatever the safeguard allows to lend is lent, and what is used up is doubled.
        case safeguard
        /// A step less where use is low and a step more where it is high, within the safeguard.
        case greedy
        /// What the policy chooses that comes with the program, within the safeguard.
        case freyr
    }

    /// Whether limits are changed.
    public var mode: Mode
    /// Who decides.
    public var rule: Rule
    /// The amounts and times.
    public var settings: HarvestSettings
    /// Whether pods are resized in place where a node's agent may not change limits.
    public var resizesPods: Bool

    init(_ section: SettingsSection) throws(SettingsError) {
        let second: UInt64 = 1_000_000_000
        var settings = HarvestSettings.standard
        mode = Mode(rawValue: try section.choice("mode", of: Mode.allCases.map(\.rawValue), default: "observe")) ?? .observe
        rule = Rule(rawValue: try section.choice("manager", of: Rule.allCases.map(\.rawValue), default: "safeguard"))
            ?? .safeguard
        resizesPods = try section.boolean("podResize", default: false)
        func seconds(
            _ key: String, in range: ClosedRange<UInt64>, default standard: Double
        ) throws(SettingsError) -> Double {
            Double(
                try section.nanoseconds(
                    key, in: range.lowerBound * second...range.upperBound * second, default: UInt64(standard * 1e9))) / 1e9
        }
        settings.leaseSeconds = try seconds("lease", in: 1...600, default: settings.leaseSeconds)
        settings.observeSeconds = try seconds("observeFor", in: 1...86_400, default: settings.observeSeconds)
        settings.quietSeconds = try seconds("quietAfterReturn", in: 1...86_400, default: settings.quietSeconds)
        settings.forgetSeconds = try seconds("forgetAfter", in: 10...86_400, default: settings.forgetSeconds)
        settings.step.millicores = try section.integer("cpuStep", in: 10...8_000, default: settings.step.millicores)
        settings.step.mebibytes = try section.integer("memoryStep", in: 16...4_096, default: settings.step.mebibytes)
        settings.maximum.millicores = try section.integer(
            "cpuMaximum", in: 100...1_024_000, default: settings.maximum.millicores)
        settings.maximum.mebibytes = try section.integer(
            "memoryMaximum", in: 64...16_777_216, default: settings.maximum.mebibytes)
        settings.memoryMarginMebibytes = try section.integer(
            "memoryMargin", in: 48...4_096, default: settings.memoryMarginMebibytes)
        guard settings.step.fits(in: settings.maximum) else {
            throw SettingsError(
                "\(section.path).cpuStep and memoryStep are \(settings.step.millicores) and \(settings.step.mebibytes): "
                    + "allowed is at most cpuMaximum and memoryMaximum")
        }
        settings.namespaces = Set(try section.optionalStrings("namespaces"))
        self.settings = settings
    }
}
