import Measures
import Placement
import Testing
import Topology

@Suite struct NodeRosterTests {
    struct Look {
        let second: UInt64
        let ready: [String]
        let roster: [String]
        let isChange: Bool

        init(_ second: UInt64, _ ready: [String], _ roster: [String], _ isChange: Bool) {
            (self.second, self.ready, self.roster, self.isChange) = (second, ready, roster, isChange)
        }
    }

    static let courses: [(what: String, looks: [Look])] = [
        ("nodes that are there at once stand in the order of their names",
            [Look(0, ["b", "c", "a"], ["a", "b", "c"], true), Look(1, ["a", "b", "c"], ["a", "b", "c"], false)]),
        ("a node that joins stands last, whatever its name",
            [Look(0, ["b"], ["b"], true), Look(1, ["a", "b"], ["b", "a"], true)]),
        ("a node that is not ready for a while stays",
            [Look(0, ["a", "b"], ["a", "b"], true), Look(1, ["a"], ["a", "b"], false),
                Look(59, ["a"], ["a", "b"], false), Look(60, ["a", "b"], ["a", "b"], false),
                Look(100, ["a"], ["a", "b"], false)]),
        ("a node that is not ready for long leaves, and joins again as a new one",
            [Look(0, ["a", "b"], ["a", "b"], true), Look(60, ["b"], ["b"], true), Look(61, ["a", "b"], ["b", "a"], true)]),
        ("a node under another name is another node",
            [Look(0, ["a", "b"], ["a", "b"], true), Look(1, ["b", "z"], ["a", "b", "z"], true),
                Look(60, ["b", "z"], ["b", "z"], true)]),
        ("the last one never leaves",
            [Look(0, ["a", "b"], ["a", "b"], true), Look(90, [], ["b"], true), Look(900, [], ["b"], false)]),
        ("nobody stands there until one is ready", [Look(0, [], [], false), Look(5, ["a"], ["a"], true)]),
    ]

    @Test(arguments: courses) func `nodes come and go`(what: String, looks: [Look]) {
        var roster = NodeRoster(leavesAfterNanoseconds: 60_000_000_000, at: MonotonicInstant(nanoseconds: 0))
        for look in looks {
            let isChange = roster.take(
                ready: look.ready.map { NodeName($0) }, at: MonotonicInstant(nanoseconds: look.second * 1_000_000_000))
            #expect(roster.nodes.map(\.rawValue) == look.roster, "\(what), second \(look.second)")
            #expect(isChange == look.isChange, "\(what), second \(look.second)")
        }
    }

    @Test func `nodes that were known keep their order and leave as the others do`() {
        var roster = NodeRoster(
            leavesAfterNanoseconds: 60, known: ["c", "gone", "a"].map { NodeName($0) },
            at: MonotonicInstant(nanoseconds: 100))
        let ready = ["a", "b", "c"].map { NodeName($0) }
        let joined = roster.take(ready: ready, at: MonotonicInstant(nanoseconds: 159))
        #expect(joined)
        #expect(roster.nodes.map(\.rawValue) == ["c", "gone", "a", "b"])
        let left = roster.take(ready: ready, at: MonotonicInstant(nanoseconds: 160))
        #expect(left)
        #expect(roster.nodes.map(\.rawValue) == ["c", "a", "b"])
    }
}
