import Foundation
import Testing

@testable import Experiments

@Suite struct DarlyRunTests {
    private let json = """
        { "experiment": "darly", "scheduler": "custom", "scenario": "thesis", "preset": "reeve", "seed": 1,
          "training":  { "steps": 500, "loose": {"served": 290, "violated": 10}, "strict": {"served": 160, "violated": 40},
                         "meanQuotient": 0.94, "cumulativeReward": 1500.5, "stepsToConverge": 120 },
          "inference": { "steps": 250, "loose": {"served": 150, "violated": 0}, "strict": {"served": 80, "violated": 20},
                         "meanQuotient": 0.9, "cumulativeReward": 800 },
          "ceiling":   { "placement": {"loose": {"served": 150, "violated": 0}, "strict": {"served": 100, "violated": 0},
                                       "cumulativeReward": 900},
                         "actions": {"loose": {"served": 150, "violated": 0}, "strict": {"served": 95, "violated": 5},
                                     "cumulativeReward": 850} },
          "trace": [ { "step": 0, "phase": "training", "qosSeconds": 35, "latencySeconds": 31.5,
                       "action": "move framer to w02", "random": false, "reward": 3.1 },
                     { "step": 500, "phase": "inference", "qosSeconds": 26 },
                     { "step": 501, "phase": "inference", "qosSeconds": 26, "latencySeconds": 39 } ],
          "wallSeconds": 0.8, "machine": {"cpu": "Xeon"}, "version": "0.1.0" }
        """

    private func decoded() throws -> DarlyRun {
        try JSONDecoder().decode(DarlyRun.self, from: Data(json.utf8))
    }

    @Test func theCommandsObjectDecodesAndAbsentStaysAbsent() throws {
        let run = try decoded()
        #expect(run.training?.loose == DarlyRun.Served(served: 290, violated: 10))
        #expect(run.training?.violated == 50)
        #expect(run.inference?.stepsToConverge == nil)
        #expect(run.ceiling?.actions.violated == 5)
        #expect(run.trace[0].action == "move framer to w02")
        #expect(run.trace[1].latencySeconds == nil && run.trace[1].reward == nil)
    }

    @Test func encodingKeepsEverything() throws {
        let run = try decoded()
        #expect(try JSONDecoder().decode(DarlyRun.self, from: JSONEncoder().encode(run)) == run)
    }

    @Test func stepsOfAPhaseCountFromZero() throws {
        #expect(try decoded().steps(of: .inference).map(\.index) == [0, 1])
        #expect(try decoded().steps(of: .training).map(\.index) == [0])
    }

    @Test func theQuotientIsLatencyOverTargetAndAbsentWithoutEither() throws {
        let trace = try decoded().trace
        #expect(trace.map(\.quotient) == [0.9, nil, 1.5])
        let impossible = DarlyRun.Step(
            step: 0, phase: .training, qosSeconds: 0, latencySeconds: 1, action: nil, random: nil, reward: nil)
        #expect(impossible.quotient == nil)
    }

    @Test func theShareOfNoRunsIsUnknown() {
        #expect(DarlyRun.Served(served: 0, violated: 0).share == nil)
        #expect(DarlyRun.Served(served: 3, violated: 1).share == 0.75)
    }
}
