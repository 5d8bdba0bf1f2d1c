import TestSupport
import Testing

/// The programs at work on a real control plane. One after the other: two cores are soon full.
@Suite("Live on a real control plane", .serialized, .needsCluster, .timeLimit(.minutes(60)))
struct LiveClusterTests {
    /// A guard that lets everything pass but what its mode forbids.
    static func guarded(_ mode: String, more: String = "") -> String {
        "  guard: {mode: \(mode), betweenMoves: 0s, movesPerMinute: 60, noReturnWithin: 0s, minimumGain: 0%, "
            + "exploration: 100%, runsToJudge: 1, worseBy: 1000%, coldRuns: 0, stockRuns: 0, quietAfterStart: 0s"
            + "\(more)}"
    }
}
