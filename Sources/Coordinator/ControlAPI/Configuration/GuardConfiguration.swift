import Placement
import Settings

extension GuardSettings {
    /// The section `placement.guard`: what stands in front of every change of the cluster.
    init(_ section: SettingsSection) throws(SettingsError) {
        self.init()
        let (second, hour): (UInt64, UInt64) = (1_000_000_000, 3_600_000_000_000)
        let modes = GuardMode.allCases.map(\.rawValue)
        mode = GuardMode(rawValue: try section.choice("mode", of: modes, default: mode.rawValue)) ?? mode
        betweenMovesNanoseconds = try section.nanoseconds(
            "betweenMoves", in: 0...hour, default: betweenMovesNanoseconds)
        movesPerMinute = try section.integer("movesPerMinute", in: 1...60, default: movesPerMinute)
        noReturnNanoseconds = try section.nanoseconds("noReturnWithin", in: 0...24 * hour, default: noReturnNanoseconds)
        minimumGain = try section.share("minimumGain", in: 0...1, default: minimumGain)
        explorationCeiling = try section.share("exploration", in: 0...1, default: explorationCeiling)
        runsToJudge = try section.integer("runsToJudge", in: 1...100, default: runsToJudge)
        worseBy = try section.share("worseBy", in: 0...10, default: worseBy)
        coldRuns = try section.integer("coldRuns", in: 0...10, default: coldRuns)
        stockRuns = try section.integer("stockRuns", in: 0...1_000, default: stockRuns)
        quietAfterStartNanoseconds = try section.nanoseconds(
            "quietAfterStart", in: 0...hour, default: quietAfterStartNanoseconds)
        telemetryAgeNanoseconds = try section.nanoseconds(
            "telemetryAge", in: second / 10...hour, default: telemetryAgeNanoseconds)
    }
}
