import ControlAPI
import Foundation
import Measures
import Placement
import Testing

@Suite("What has been decided, counted")
struct DecisionTallyTests {
    private func record(_ rest: String) throws -> DecisionRecord {
        let json = """
            {"step":0,"requestSequence":0,"workflow":"video","targetSeconds":10,"assignment":[],"functionSeconds":[],
            "failures":[]\(rest)}
            """
        return try JSONDecoder().decode(DecisionRecord.self, from: Data(json.utf8))
    }

    private func decision(isRandom: Bool = false, barred: String = "[]") -> String {
        """
        ,"decision":{"entryNames":[],"observation":[],"absentEntries":[],"actions":["stay"],"values":[],"allowed":[true],
        "chosen":0,"isRandom":\(isRandom),"barred":\(barred)}
        """
    }

    @Test func `requests and decisions are counted by workflow and outcome`() throws {
        let tally = DecisionTally()
        tally.count(try record(#","latencySeconds":10"# + decision(isRandom: true)))
        tally.count(try record(#","latencySeconds":15,"change":"move a to b""# + decision(barred: #"["too soon"]"#)))
        tally.count(try record(#","verdict":"kept""# + decision()))
        tally.count(try record(""))
        let requests = try #require(tally.snapshot.placed["video"])
        #expect(requests.served == 1 && requests.violated == 1 && requests.failed == 2 && requests.cancelled == 0)
        #expect(requests.quotient == 1.5 && requests.targetSeconds == 10)
        #expect(requests.latencySeconds.count == 2 && requests.latencySeconds.sum == 25)
        let decisions = try #require(tally.snapshot.decisions["video"])
        #expect(decisions.changed == 1 && decisions.kept == 2 && decisions.none == 1)
        #expect(decisions.random == 1 && decisions.refused == 1 && decisions.barred == 1)
        #expect(tally.snapshot.runs.isEmpty)
    }

    @Test func `however many workflows there are, no more than 256 are counted`() throws {
        let tally = DecisionTally()
        for number in 0..<300 {
            let json = """
                {"run":"r","sequence":0,"workflow":"w\(number)","targetSeconds":1,"end":"completed","latencySeconds":0.5,
                "isServed":true,"spans":[]}
                """
            tally.count(try JSONDecoder().decode(RunRecord.self, from: Data(json.utf8)))
        }
        #expect(tally.snapshot.runs.count == 256 && tally.snapshot.runs["w0"]?.served == 1)
    }

    @Test(arguments: [("completed", 1, 0, 0), ("failed", 0, 1, 0), ("cancelled", 0, 0, 1)])
    func `runs are counted by how they ended`(end: String, served: UInt64, failed: UInt64, cancelled: UInt64) throws {
        let tally = DecisionTally()
        let json = """
            {"run":"r","sequence":0,"workflow":"w","targetSeconds":1,"end":"\(end)","latencySeconds":0.5,
            "isServed":\(end == "completed"),"spans":[]}
            """
        tally.count(try JSONDecoder().decode(RunRecord.self, from: Data(json.utf8)))
        let counts = try #require(tally.snapshot.runs["w"])
        #expect(counts.served == served && counts.failed == failed && counts.cancelled == cancelled)
    }
}
