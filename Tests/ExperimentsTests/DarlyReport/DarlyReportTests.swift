import Foundation
import Placement
import Testing

@testable import Experiments

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct DarlyReportTests {
    private let conditions = DarlyConditions(
        world: .inProcess, nodes: ["w01", "w02"],
        interference: [
            .init(phase: .inference, fromStep: 0, untilStep: 2, node: "w01", kind: "CPU", percent: 50),
            .init(phase: .training, fromStep: 1, untilStep: 3, node: "w02", kind: "L3", percent: 75),
        ], facts: [.init(name: "Workflow", value: "32 frames")])

    private func report() throws -> DarlyReport {
        let samples = [
            SampleResult(scheduler: "native", seed: 1, inference: [51, 99, 0, 100]),
            SampleResult(scheduler: "oracle", seed: 2, inference: [150, 0, 90, 10]),
            SampleResult(
                scheduler: "oracle", seed: 1, training: [285, 15, 160, 40], trainingConverged: 120,
                inference: [110, 40, 80, 20]),
            SampleResult(scheduler: "blind", seed: 1, inference: [140, 10, 40, 60]),
        ]
        return DarlyReport(runs: try samples.map { try $0.decoded() }, conditions: conditions)
    }

    @Test func theSummaryHoldsMediansPublishedFiguresCeilingsGapsAndFailedSeeds() throws {
        #expect(
            try report().summaryTable() == """
                Training: targets met (500 steps, medians over the seeds)

                scheduler   loose  strict  violated  La/Lt  reward  converged  thesis loose  thesis strict
                ─────────  ──────  ──────  ────────  ─────  ──────  ─────────  ────────────  ─────────────
                Oracle     95.0 %  80.0 %        55  0.938    4450        120    about 95 %     about 75 %

                Frozen inference: targets met (250 steps, medians over the seeds)

                scheduler           loose  strict  violated  La/Lt  reward  thesis loose  thesis strict
                ─────────────────  ──────  ──────  ────────  ─────  ──────  ────────────  ─────────────
                Oracle             86.7 %  85.0 %        35  0.938    2150             –              –
                native Kubernetes  34.0 %   0.0 %       199  0.938     510          34 %            0 %
                blind              93.3 %  40.0 %        70  0.938    1800             –              –

                Frozen inference: violations beside the fewest possible; the gap is how many more (medians)

                scheduler          violated  best placement  gap  best actions  gap
                ─────────────────  ────────  ──────────────  ───  ────────────  ───
                Oracle                   35               2   33             2   33
                native Kubernetes       199               2  197             2  197
                blind                    70               2   68             2   68

                Frozen inference: reward beside the highest possible; the gap is how much less (medians)

                scheduler          reward  best placement   gap  best actions   gap
                ─────────────────  ──────  ──────────────  ────  ────────────  ────
                Oracle               2150            2600   450          2600   450
                native Kubernetes     510            2600  2090          2600  2090
                blind                1800            2600   800          2600   800

                Frozen inference over the seeds: quartiles in percent; a seed below 80 % loose or 50 % strict has failed

                scheduler  seeds           loose met          strict met  failed seeds
                ─────────  ─────  ──────────────────  ──────────────────  ────────────
                Oracle         2  80.0 / 86.7 / 93.3  82.5 / 85.0 / 87.5  1

                """)
    }

    @Test func thePageIsWellFormedAndTheSameForTheSameRunsInAnyOrder() throws {
        let page = try report().html()
        #expect(XMLParser(data: Data(page.utf8)).parse())
        #expect(DarlyReport(runs: try report().runs.reversed(), conditions: conditions).html() == page)
        #expect(!page.contains("<framer>"))
    }

    @Test func thePageDrawsTheThesisPlotsForEachScheduler() throws {
        let page = try report().html()
        for title in [
            "Interference and QoS quotient of each scheduler over the steps of training",
            "Cumulative reward of each scheduler over the steps of training",
            "Requests served within their target and violated, by scheduler, in training",
            "Cumulative reward of each scheduler over the steps of inference",
            "Requests served within their target and violated, by scheduler, in inference",
            "Spread over the seeds of the share of targets met in frozen inference",
            "Oracle: interference, QoS quotient and actions in frozen inference",
            "native Kubernetes: interference, QoS quotient and actions in frozen inference",
        ] {
            // A drawing for a desk and one for a phone.
            #expect(page.ranges(of: "aria-label=\"\(title)\"").count == 2, "\(title)")
        }
        #expect(!page.contains("blind: interference"))
        #expect(page.contains("pressure on w02") && page.contains("L3 pressure"))
    }

    @Test func theWorldDecidesWhatThePageCallsSimulated() throws {
        let demo = DarlyConditions(world: .demo, nodes: [], interference: [], facts: [])
        let report = try report()
        #expect(report.html().contains("No agent and no socket took part"))
        #expect(!DarlyReport(runs: report.runs, conditions: demo).html().contains("No agent and no socket took part"))
    }

    @Test func aLiveClusterHasNeitherCeilingsNorInferenceNorPublishedFigures() throws {
        let runs = ["native", "custom"].map { scheduler in
            SampleResult(
                scheduler: scheduler, seed: 1, training: [2, 1, 0, 0], inference: [0, 0, 0, 0], hasCeiling: false)
        }
        let live = DarlyConditions(world: .live, nodes: ["w01"], interference: [], facts: [])
        let report = DarlyReport(runs: try runs.map { try $0.decoded() }, conditions: live)
        #expect(
            report.summaryTable() == """
                Targets met (3 steps, one seed)

                scheduler           loose  strict  violated  La/Lt  reward  converged
                ─────────────────  ──────  ──────  ────────  ─────  ──────  ─────────
                Custom             66.7 %       –         1  0.938      20          –
                native Kubernetes  66.7 %       –         1  0.938      20          –

                """)
        let page = report.html()
        #expect(XMLParser(data: Data(page.utf8)).parse())
        for absent in ["Frozen inference", "Best placement is", "about 95", "parameters are frozen"] {
            #expect(!page.contains(absent), "\(absent)")
        }
        #expect(page.contains("Everything but the nodes") && page.contains("Every request"))
        #expect(page.contains("move &lt;framer&gt; to w02"))
    }

    @Test func noRunsAtAllStillGiveAPageAndAnEmptySummary() {
        let empty = DarlyReport(runs: [], conditions: conditions)
        #expect(empty.summaryTable().isEmpty)
        #expect(XMLParser(data: Data(empty.html().utf8)).parse())
    }

    @Test func aSeedFailsBelowEitherLimitAndNotAtIt() throws {
        let inference = [[80, 20, 50, 50], [79, 21, 100, 0], [100, 0, 49, 51]]
        let runs = try inference.enumerated().map {
            try SampleResult(scheduler: "custom", seed: UInt64($0 + 1), inference: $1).decoded()
        }
        #expect(DarlySubject.grouped(runs).first?.failedSeeds == [2, 3])
    }

    @Test func publishedFiguresStandOnlyBesideWhatTheyWereMeasuredFor() throws {
        let report = try report()
        let subjects = Dictionary(uniqueKeysWithValues: report.subjects.map { ($0.scheduler, $0) })
        let oracle = try #require(subjects[.oracle])
        let native = try #require(subjects[.native])
        let blind = try #require(subjects[.blind])
        #expect(report.published(for: oracle, in: .training) == DarlyPublished(loose: 0.95, strict: 0.75))
        #expect(report.published(for: oracle, in: .inference) == nil)
        #expect(report.published(for: native, in: .inference) == DarlyPublished(loose: 0.34, strict: 0))
        #expect(report.published(for: blind, in: .inference) == nil)
        #expect(report.html().contains("91.6\u{a0}%"))

        let crowded = try SampleResult(scheduler: "native", seed: 1, scenario: "crowded").decoded()
        let elsewhere = DarlyReport(runs: [crowded], conditions: conditions)
        #expect(!elsewhere.summaryTable().contains("thesis"))
        #expect(!elsewhere.html().contains("91.6"))
    }

    @Test func aLearnerWithoutCountersIsAYardstickOfItsOwn() throws {
        let runs = [
            try SampleResult(scheduler: "custom", seed: 1, countersBlanked: true).decoded(),
            try SampleResult(scheduler: "static", seed: 1).decoded(),
            try SampleResult(scheduler: "custom", seed: 1).decoded(),
        ]
        let grouped = DarlySubject.grouped(runs)
        #expect(grouped.map(\.title) == ["Custom", "static", "Custom, no counters"])
        #expect(grouped.map(\.role) == [.learner, .yardstick, .yardstick])
    }

    @Test func everySchedulerHasAPlaceInTheReport() {
        #expect(Set(DarlySubject.order) == Set(Scheduler.allCases))
        #expect(DarlySubject.order.count == Scheduler.allCases.count)
    }

    @Test func stepsOfAPhaseCountFromZeroAndAbsentLatencyHasNoQuotient() throws {
        let run = try SampleResult(scheduler: "oracle", seed: 1, training: [1, 0, 0, 0]).decoded()
        #expect(run.steps(of: .inference).map(\.index) == [0, 1, 2])
        #expect(run.steps(of: .inference).map(\.step.step) == [3, 4, 5])
        let expected: [Double?] = [30.0 / 35.0, nil, 28.0 / 26.0]
        #expect(run.steps(of: .training).map(\.step.quotient) == expected)
    }

    @Test func longTracesAreThinnedAndThePageSaysSo() throws {
        let long = SampleResult(
            scheduler: "oracle", seed: 1, training: [1, 0, 0, 0], latencies: (0..<2500).map { 20 + Double($0 % 7) })
        let page = DarlyReport(runs: [try long.decoded()], conditions: conditions).html()
        #expect(page.contains("Each point is the mean of 3 steps."))
        let longest = page.matches(of: /d="([^"]*)"/).map { $0.output.1.count { $0 == "L" } }.max()
        #expect(try #require(longest) <= 1000)
    }

    @Test func interferenceOfTheThesisIsThatOfItsSchedule() throws {
        let conditions = try DarlyConditions(DarlyExperiment(scheduler: .custom, seed: 1))
        #expect(conditions.nodes == ["w01", "w02", "w03", "w04"])
        #expect(conditions.changes(in: .training) == [100, 200, 300, 400, 500])
        #expect(conditions.changes(in: .inference) == [50, 100, 150, 200, 250])
        let last = conditions.interference.filter { $0.phase == .training && $0.fromStep == 400 }
        #expect(last.map(\.node) == ["w01", "w02", "w03"])
        #expect(last.map(\.percent) == [50, 25, 75])
        #expect(Set(last.map(\.kind)) == ["CPU"])
    }
}
