import Measures
import Reports
import RouterSimulation

extension OlschedulerReport {
    /// Functions shown one by one: more rows than this no one reads.
    private static let shownFunctions = 16

    /// The thesis' plots: mean latency and completions by algorithm, latency by function.
    static func figures(of result: OlschedulerResult) -> [HTMLSection.Block] {
        let balancers = balancers(of: result)
        let means = balancers.map { name, summary in
            BarChart.Bar(
                label: name,
                segments: [.init(name: group(of: name), value: summary.meanMs / 1_000, colour: colour(of: name))],
                mark: result.variant == .sharedHost
                    ? OlschedulerPublished.figures(for: name).map { $0.logMeanMs / 1_000 } : nil,
                note: "\(NumberText.fixed(summary.meanMs / 1_000, decimals: 1)) s")
        }
        let completions = balancers.map { name, summary in
            BarChart.Bar(
                label: name,
                segments: [.init(name: group(of: name), value: summary.completed, colour: colour(of: name))],
                mark: result.variant == .sharedHost ? OlschedulerPublished.figures(for: name)?.completed : nil,
                note: NumberText.fixed(summary.completed, decimals: 0))
        }
        return [
            .figure(
                BarChart(
                    title: "Mean latency by algorithm", axisTitle: "seconds", groups: [.init(label: "", bars: means)],
                    markName: "the thesis' logs"),
                caption: "Mean latency over all requests by algorithm."),
            .figure(
                BarChart(
                    title: "Completions by algorithm", axisTitle: "requests",
                    groups: [.init(label: "", bars: completions)],
                    markName: "the thesis' logs"),
                caption: "Requests that ended within five minutes by algorithm; the thesis calls it throughput."),
            .figure(
                functionMeans(balancers), caption: "Median latency of each function: its spread over the functions."),
        ]
            + balancers.filter { shownBalancers.contains($0.name) }.map { name, summary in
                .figure(
                    functionBoxes(name, summary),
                    caption: "Latency by function with \(name): from the fewest packages (in brackets) to the most.")
            }
    }

    /// Mean latency by threshold, beside the logs'.
    static func sweepFigure(of result: OlschedulerResult) -> HTMLSection.Block {
        let ours = result.sweep.map { LinePanel.Point(Double($0.threshold), $0.result.meanMs / 1_000) }
        let logs = result.sweep.map { entry in
            LinePanel.Point(
                Double(entry.threshold),
                OlschedulerPublished.figures(forThreshold: entry.threshold).map { $0.logMeanMs / 1_000 })
        }
        var series = [LinePanel.Series(name: "model", points: ours, colour: .blue)]
        if result.variant == .sharedHost {
            series.append(.init(name: "the thesis' logs", points: logs, colour: .ink, stroke: .dashed))
        }
        let goal = result.results["cost-aware"].map { LinePanel.Goal($0.meanMs / 1_000, label: "cost-aware") }
        let last = Double(result.sweep.last?.threshold ?? 1)
        return .figure(
            TimelineChart(
                title: "Mean latency by load threshold", axisTitle: "load threshold", domain: 0...max(last, 1),
                panels: [
                    .lines(
                        LinePanel(
                            title: "mean latency, seconds", series: series, goals: goal.map { [$0] } ?? [],
                            covering: 0...1))
                ]),
            caption: "Package-aware: mean latency over all requests by load threshold.")
    }

    private static let shownBalancers = ["round-robin", "package-aware", "cost-aware"]

    private static func colour(of balancer: String) -> ChartColour {
        switch balancer {
        case "cost-aware": .green
        case "package-aware": .blue
        default: .grey
        }
    }

    /// What the legend calls the colour of `balancer`.
    private static func group(of balancer: String) -> String {
        switch balancer {
        case "cost-aware": "ours"
        case "package-aware": "the thesis'"
        default: "others"
        }
    }

    private static func functionMeans(_ balancers: [(name: String, summary: OlschedulerSummary)]) -> BoxChart {
        BoxChart(
            title: "Median latency of functions by algorithm", axisTitle: "seconds",
            rows: balancers.map { name, summary in
                BoxChart.Row(
                    label: name, quartiles: Quartiles(summary.byFunction.map { $0.quartilesMs.median / 1_000 }),
                    colour: colour(of: name), name: group(of: name))
            }, covering: 0...1)
    }

    private static func functionBoxes(_ name: String, _ summary: OlschedulerSummary) -> BoxChart {
        let sorted = summary.byFunction.sorted { ($0.packages, $0.function) < ($1.packages, $1.function) }
        let step = max(Double(sorted.count - 1) / Double(shownFunctions - 1), 1)
        let shown = stride(from: 0, through: Double(max(sorted.count - 1, 0)), by: step).compactMap { place in
            sorted.indices.contains(Int(place.rounded())) ? sorted[Int(place.rounded())] : nil
        }
        return BoxChart(
            title: "Latency by function with \(name)", axisTitle: "seconds",
            rows: shown.map { entry in
                BoxChart.Row(
                    label: "\(entry.function) (\(entry.packages))", quartiles: entry.quartilesMs.scaled(by: 1e-3),
                    colour: colour(of: name), name: "over the requests")
            }, covering: 0...1)
    }
}

extension Quartiles {
    /// The same summary in another unit; `factor` must be positive.
    fileprivate func scaled(by factor: Double) -> Quartiles? {
        // Five values are their own five-number summary.
        Quartiles([minimum, lower, median, upper, maximum].map { $0 * factor })
    }
}
