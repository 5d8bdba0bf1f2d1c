import Foundation
import Testing

@testable import Experiments

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct DarlyReportTests {
    private func phase(_ loose: (Int, Int), _ strict: (Int, Int), converged: Int? = nil) -> DarlyRun.Phase {
        DarlyRun.Phase(
            steps: loose.0 + loose.1 + strict.0 + strict.1, loose: .init(served: loose.0, violated: loose.1),
            strict: .init(served: strict.0, violated: strict.1), meanQuotient: 0.9375,
            cumulativeReward: Double(10 * (loose.0 + strict.0)), stepsToConverge: converged)
    }

    private func run(
        _ scheduler: String, seed: UInt64, training: DarlyRun.Phase? = nil, inference: DarlyRun.Phase? = nil,
        withCeiling: Bool = false, latencies: [Double?] = [30, nil, 28]
    ) -> DarlyRun {
        let trace = [DarlyRun.Step.Phase.training, .inference].flatMap { phase in
            latencies.enumerated().map { step, latency in
                DarlyRun.Step(
                    step: step, phase: phase, qosSeconds: step < 2 ? 35 : 26, latencySeconds: latency,
                    action: scheduler == "native" ? nil : "move <framer> to w0\(step)", random: false,
                    reward: latency.map { $0 / 10 })
            }
        }
        let bound = DarlyRun.Ceiling.Bound(
            loose: .init(served: 150, violated: 0), strict: .init(served: 98, violated: 2), cumulativeReward: 2600)
        return DarlyRun(
            scheduler: scheduler, scenario: "thesis", preset: "reeve", seed: seed, training: training,
            inference: inference,
            ceiling: withCeiling ? DarlyRun.Ceiling(placement: bound, actions: bound) : nil, trace: trace,
            wallSeconds: 0.5,
            machine: ["cpu": "Xeon"], version: "0.1.0")
    }

    private let conditions = DarlyConditions(
        world: .inProcess, nodes: ["w01", "w02"],
        interference: [
            .init(phase: .inference, fromStep: 0, untilStep: 2, node: "w01", kind: "CPU", percent: 50),
            .init(phase: .training, fromStep: 1, untilStep: 3, node: "w02", kind: "L3", percent: 75),
        ], facts: [.init(name: "Workflow", value: "32 frames")])

    private var report: DarlyReport {
        DarlyReport(
            runs: [
                run("native", seed: 1, training: phase((102, 198), (0, 200))),
                run("oracle", seed: 2, inference: phase((150, 0), (90, 10)), withCeiling: true),
                run(
                    "oracle", seed: 1, training: phase((285, 15), (160, 40), converged: 120),
                    inference: phase((110, 40), (80, 20)), withCeiling: true),
                run("blind", seed: 1, inference: phase((140, 10), (40, 60))),
            ], conditions: conditions)
    }

    @Test func theSummaryHoldsMediansPublishedFiguresCeilingsGapsAndFailedSeeds() {
        #expect(
            report.summaryTable() == """
                Training: targets met, beside what the thesis published (500 steps, medians over the seeds)

                scheduler           loose  strict  violated  La/Lt  reward  converged  thesis loose  thesis strict
                ─────────────────  ──────  ──────  ────────  ─────  ──────  ─────────  ────────────  ─────────────
                Oracle             95.0 %  80.0 %        55  0.938    4450        120    about 95 %     about 75 %
                native Kubernetes  34.0 %   0.0 %       398  0.938    1020          –          34 %            0 %

                Frozen inference: targets met (250 steps, medians over the seeds)

                scheduler   loose  strict  violated  La/Lt  reward
                ─────────  ──────  ──────  ────────  ─────  ──────
                Oracle     86.7 %  85.0 %        35  0.938    2150
                blind      93.3 %  40.0 %        70  0.938    1800

                Frozen inference: violations beside the fewest possible; the gap is how many more (medians over the seeds)

                scheduler  violated  best placement  gap  best actions  gap
                ─────────  ────────  ──────────────  ───  ────────────  ───
                Oracle           35               2   33             2   33

                Frozen inference: reward beside the highest possible; the gap is how much less (medians over the seeds)

                scheduler  reward  best placement  gap  best actions  gap
                ─────────  ──────  ──────────────  ───  ────────────  ───
                Oracle       2150            2600  450          2600  450

                Frozen inference over the seeds: quartiles in percent; a seed below 80 % loose or 50 % strict has failed

                scheduler  seeds           loose met          strict met  failed seeds
                ─────────  ─────  ──────────────────  ──────────────────  ────────────
                Oracle         2  80.0 / 86.7 / 93.3  82.5 / 85.0 / 87.5  1

                """)
    }

    @Test func thePageIsWellFormedAndTheSameForTheSameRunsInAnyOrder() {
        let page = report.html()
        #expect(XMLParser(data: Data(page.utf8)).parse())
        #expect(DarlyReport(runs: report.runs.reversed(), conditions: conditions).html() == page)
        #expect(!page.contains("<framer>"))
    }

    @Test func thePageDrawsTheThesisPlotsForEachScheduler() {
        let page = report.html()
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

    @Test func theWorldDecidesWhatThePageCallsSimulated() {
        let demo = DarlyConditions(world: .demo, nodes: [], interference: [], facts: [])
        #expect(report.html().contains("No agent and no socket took part"))
        #expect(!DarlyReport(runs: report.runs, conditions: demo).html().contains("No agent and no socket took part"))
    }

    @Test func noRunsAtAllStillGiveAPageAndAnEmptySummary() {
        let empty = DarlyReport(runs: [], conditions: conditions)
        #expect(empty.summaryTable().isEmpty)
        #expect(XMLParser(data: Data(empty.html().utf8)).parse())
    }

    @Test func aSeedFailsBelowEitherLimitAndNotAtIt() {
        let runs = [
            run("custom", seed: 1, inference: phase((80, 20), (50, 50))),
            run("custom", seed: 2, inference: phase((79, 21), (100, 0))),
            run("custom", seed: 3, inference: phase((100, 0), (49, 51))),
            run("custom", seed: 4, training: phase((0, 100), (0, 100))),
        ]
        #expect(DarlySubject.grouped(runs).first?.failedSeeds == [2, 3])
    }

    @Test func publishedFiguresStandBesideWhatTheSourcesMeasuredOnly() {
        #expect(DarlyPublished.figures(for: .learner) == DarlyPublished(loose: 0.95, strict: 0.75))
        #expect(DarlyPublished.figures(for: .baseline) == DarlyPublished(loose: 0.34, strict: 0))
        #expect(DarlyPublished.figures(for: .yardstick) == nil)
        #expect(report.html().contains("91.6\u{a0}%"))
    }

    @Test func schedulersStandInAFixedOrderAndUnknownOnesLast() {
        let names = ["zebra", "static", "native", "fullmap", "oracle", "apple"]
        let grouped = DarlySubject.grouped(names.map { run($0, seed: 1) })
        #expect(grouped.map(\.name) == ["oracle", "fullmap", "native", "static", "apple", "zebra"])
    }
}
