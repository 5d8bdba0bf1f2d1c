import FaaSSimulation
import Foundation
import Harvesting
import Learning
import Reports
import Testing

@testable import Experiments

@Suite("The freyr experiment")
struct FreyrExperimentTests {
    /// The ten applications, each called once a second for a minute, on a small cluster.
    static func setting() throws -> FreyrSetting {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("freyr-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var lines = ["HashFunction,Trigger," + (1...60).map(String.init).joined(separator: ",")]
        for key in 0..<10 {
            lines.append("\(key),http," + Array(repeating: "1", count: 60).joined(separator: ","))
        }
        let file = folder.appendingPathComponent("calls.csv")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        var setting = try FreyrSetting(path: file.path)
        setting.workload.callsPerFunctionAndSlot = nil
        setting.workload.runningPerFunction = nil
        setting.workload.slotLength = .seconds(20)
        return setting
    }

    static func trained(_ setting: FreyrSetting, seed: UInt64) throws -> TrainedPolicy {
        try FreyrTraining(setting: setting, seed: seed, episodes: 2, rolloutLength: 128).run(command: "a test")
    }

    @Test("every manager serves the same calls, and the result tells who came how far")
    func runs() throws {
        let setting = try Self.setting()
        let experiment = FreyrExperiment(setting: setting, policy: try Self.trained(setting, seed: 101))
        var runs: [FreyrRun] = []
        for seed in [UInt64(1), 2] {
            for subject in FreyrSubject.allCases { runs.append(try experiment.run(subject, seed: seed)) }
        }
        #expect(Set(runs.map(\.metrics.calls)) == [600])
        let result = try FreyrResult(runs, of: experiment, trainingSeconds: 1, version: "test")
        #expect(result.results[.fixed]?.meanRFET == 1)
        #expect(result.results[.fixed]?.p98HarvestedRFET == nil, "nobody was harvested")
        let ceiling = try #require(result.ceiling?.meanRFET)
        for subject in FreyrSubject.allCases {
            let mean = try #require(result.results[subject]?.meanRFET)
            #expect(mean >= ceiling - 1e-9 || subject == .everything, "\(subject) is not below the ceiling")
        }
        #expect(result.inputs.seeds == [1, 2])
        #expect(result.trace.count == 12)
        #expect(result.policy?.seed == 101)
        #expect(result.policy?.command == "a test")
        #expect(result.summaryTable.rows.count == 6)
        #expect(result.spread[.freyr]?.median == result.results[.freyr])
    }

    @Test("on the trace of 2019 giving everybody everything is quick and dear, and Freyr gains more than it costs")
    func shippedTrace() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let experiment = FreyrExperiment(
            setting: try FreyrSetting(path: root.appendingPathComponent("examples/traces/azure2019-sample-100").path),
            policy: try FreyrManager.shippedPolicy())
        let fixed = try experiment.run(.fixed, seed: 11)
        let everything = try experiment.run(.everything, seed: 11)
        let freyr = try experiment.run(.freyr, seed: 11)
        let oracle = try experiment.run(.oracle, seed: 11)
        #expect(abs(fixed.meanCharge - 1) < 1e-9)
        #expect(everything.meanCharge > 2)
        #expect(everything.meanReward < fixed.meanReward)
        #expect(freyr.meanReward > fixed.meanReward)
        #expect(freyr.meanReward < oracle.meanReward)
        #expect(FreyrFigures(freyr).meanRFET.map { $0 < 0.9 } == true)
        #expect(FreyrFigures(freyr).p98HarvestedRFET.map { $0 <= 1.05 } == true, "the published safety figure is 1.28")
    }

    @Test("a run repeats from its seed, and so does a training")
    func repeats() throws {
        let setting = try Self.setting()
        let policy = try Self.trained(setting, seed: 7)
        #expect(try Self.trained(setting, seed: 7) == policy)
        #expect(try Self.trained(setting, seed: 8).policy != policy.policy)
        let experiment = FreyrExperiment(setting: setting, policy: policy)
        let first = try experiment.run(.freyr, seed: 5)
        let again = try experiment.run(.freyr, seed: 5)
        #expect(first.metrics == again.metrics)
        #expect(first.utilisation == again.utilisation)
        #expect(try experiment.run(.freyr, seed: 6).metrics != first.metrics)
    }

    @Test("a sink gets every record")
    func sink() throws {
        struct Counting: InvocationSink {
            var calls = 0
            mutating func record(_ record: borrowing InvocationRecord) { calls += 1 }
        }
        var sink = Counting()
        let experiment = FreyrExperiment(
            setting: try Self.setting(), policy: try Self.trained(try Self.setting(), seed: 101))
        _ = try experiment.run(.freyr, seed: 1, sink: &sink)
        #expect(sink.calls == 600)
    }

    @Test("the page tells where the policy comes from")
    func page() throws {
        let setting = try Self.setting()
        let experiment = FreyrExperiment(setting: setting, policy: try Self.trained(setting, seed: 101))
        var sample = CallSample(size: 50, seed: 1)
        let run = try experiment.run(.freyr, seed: 1, sink: &sample)
        let page = try FreyrReport([run], samples: [sample], of: experiment).html()
        #expect(page.contains("calls.csv, 2 episodes, seed 101: a test"))
    }

    @Test("no training sees a workload that seeds 1 to 5 are judged on")
    func seeds() throws {
        let training = FreyrTraining(setting: try Self.setting(), seed: 0)
        #expect((0..<training.episodes).allSatisfy { training.workloadSeed(episode: $0) > 5 })
    }

    @Test("the result as JSON has the managers by name, and nothing where there is nothing")
    func json() throws {
        let experiment = FreyrExperiment(
            setting: try Self.setting(), policy: try Self.trained(try Self.setting(), seed: 101))
        let run = try experiment.run(.fixed, seed: 1)
        let result = try FreyrResult([run], of: experiment, trainingSeconds: nil, version: "test")
        let data = try JSONEncoder().encode(result)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["experiment"] as? String == "freyr")
        let results = try #require(object["results"] as? [String: [String: Any]])
        #expect(results.keys.sorted() == ["fixed"])
        #expect(results["fixed"]?["meanRFET"] as? Double == 1)
        #expect(results["fixed"]?["p98HarvestedRFET"] == nil)
        #expect(object["ceiling"] == nil)
        #expect(object["policy"] == nil)
    }

    @Test("the shipped policy is one, and tells how it was made")
    func shipped() throws {
        let shipped = try FreyrManager.shippedPolicy()
        #expect(shipped.policy.candidates == FreyrInputs.candidates)
        #expect(shipped.command.hasPrefix("reeve experiment freyr"))
        #expect(!shipped.input.isEmpty)
        let experiment = FreyrExperiment(setting: try Self.setting(), policy: shipped)
        let harvested = try experiment.run(.freyr, seed: 1).metrics.relativeExecutionOfHarvested
        #expect(harvested.quantile(0.98).map { $0 <= 1.28 } ?? true, "the published safety figure")
    }
}
