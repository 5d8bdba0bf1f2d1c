import Testing

@testable import Experiments

@Suite struct DarlyPhaseResultTests {
    /// What was served, in runs of (how many, whether), and the step of convergence.
    static let table: [(runs: [(Int, Bool)], expected: Int?)] = [
        ([], nil),
        ([(19, true)], nil),
        ([(20, true)], 0),
        ([(50, true)], 0),
        ([(50, false)], nil),
        // A window may hold four violations: the first that does begins four steps before the last run.
        ([(30, false), (40, true)], 26),
        ([(40, true), (30, false), (40, true)], 66),
        // Too many at the end.
        ([(40, true), (5, false)], nil),
        ([(40, true), (4, false)], 0),
    ]

    @Test(arguments: table)
    func convergenceIsWhereEveryWindowFromThereOnKeepsFourFifths(row: (runs: [(Int, Bool)], expected: Int?)) {
        let served = row.runs.flatMap { Array(repeating: $0.1, count: $0.0) }
        #expect(DarlyPhaseResult.stepsToConverge(served) == row.expected)
    }

    @Test func aTallyWithoutRequestsHasNoShare() {
        var tally = DarlyTally()
        #expect(tally.servedShare == nil)
        tally.add(served: true)
        tally.add(served: true)
        tally.add(served: false)
        #expect(tally.servedShare == 2.0 / 3)
    }
}
