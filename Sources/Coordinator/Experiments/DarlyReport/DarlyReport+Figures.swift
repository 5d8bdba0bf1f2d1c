import Reports

extension DarlyReport {
    /// The plots of one part of the experiment; none when no run has steps in it.
    func figures(of phase: DarlyRun.Step.Phase) -> [HTMLSection.Block] {
        let drawn = subjects.filter { !$0.shown.steps(of: phase).isEmpty }
        var blocks: [HTMLSection.Block] = []
        if phase == .training, !drawn.isEmpty { blocks.append(quotientFigure(drawn, phase)) }
        if !drawn.isEmpty { blocks.append(rewardFigure(drawn, phase)) }
        if let bars = servedFigure(phase) { blocks.append(bars) }
        if phase == .inference {
            if let spread = spreadFigure { blocks.append(spread) }
            blocks += drawn.filter { $0.role != .yardstick }.map(stackedFigure)
        }
        return blocks
    }

    /// The number of steps in the longest drawn trace of `phase`.
    private func length(of phase: DarlyRun.Step.Phase) -> Int {
        subjects.flatMap { $0.shown.steps(of: phase) }.map { $0.index + 1 }.max() ?? 1
    }

    /// The stretches in which neither the pressure nor the target changes, labelled with number and target.
    private func bands(of phase: DarlyRun.Step.Phase) -> [TimelineChart.Band] {
        let targets = subjects.first { !$0.shown.steps(of: phase).isEmpty }?.shown.steps(of: phase) ?? []
        let switches = zip(targets, targets.dropFirst()).filter { $0.step.qosSeconds != $1.step.qosSeconds }.map(
            \.1.index)
        let end = length(of: phase)
        let starts = Set([0] + switches + conditions.changes(in: phase)).filter { $0 < end }.sorted()
        return zip(starts, starts.dropFirst() + [end]).enumerated().map { number, range in
            let seconds = targets.first { $0.index >= range.0 }.map {
                NumberText.fixed($0.step.qosSeconds, decimals: 0)
            }
            return TimelineChart.Band(
                Double(range.0)..<Double(range.1), label: "\(number + 1)" + (seconds.map { ": \($0) s" } ?? ""))
        }
    }

    private func timeline(
        _ title: String, _ phase: DarlyRun.Step.Phase, panels: [TimelineChart.Panel]
    ) -> TimelineChart {
        TimelineChart(
            title: title, axisTitle: "step (one workflow run each)", domain: 0...Double(length(of: phase)),
            bands: bands(of: phase), panels: panels)
    }

    private func quotients(of subject: DarlySubject, _ phase: DarlyRun.Step.Phase) -> [LinePanel.Point] {
        subject.shown.steps(of: phase).map { LinePanel.Point(Double($0.index) + 0.5, $0.step.quotient) }
    }

    private func quotientFigure(_ drawn: [DarlySubject], _ phase: DarlyRun.Step.Phase) -> HTMLSection.Block {
        let shown = drawn.filter { $0.role != .yardstick }
        let values = shown.flatMap { quotients(of: $0, phase) }.compactMap(\.y).filter(\.isFinite)
        let range = min(values.min() ?? 0.9, 0.9)...max(values.max() ?? 1.1, 1.1)
        let panels =
            pressurePanels(phase)
            + shown.map { subject in
                TimelineChart.Panel.lines(
                    LinePanel(
                        title: "\(subject.title): La/Lt, latency over target",
                        series: [
                            LinePanel.Series(name: "", points: quotients(of: subject, phase), colour: subject.colour)
                        ],
                        goals: [LinePanel.Goal(1, label: "target")], covering: range, height: 96))
            }
        return .figure(
            timeline(
                "Interference and QoS quotient of each scheduler over the steps of training", phase, panels: panels),
            caption: """
                Interference and QoS quotient over the steps of training, seed \(seeds(of: shown)). At or below 1 the \
                run met its target; the aim is to stay just below. Above the plots: number of the phase and its \
                target. A gap in a line is a run without a measured latency.
                """)
    }

    private func rewardFigure(_ drawn: [DarlySubject], _ phase: DarlyRun.Step.Phase) -> HTMLSection.Block {
        let series = drawn.map { subject in
            var sum = 0.0
            let points = subject.shown.steps(of: phase).map { index, step in
                sum += step.reward ?? 0
                return LinePanel.Point(Double(index) + 1, step.reward.map { _ in sum })
            }
            return LinePanel.Series(
                name: subject.title, points: points, colour: subject.colour, stroke: subject.stroke)
        }
        let bound = phase == .inference ? drawn.compactMap(\.shown.ceiling).first?.placement.cumulativeReward : nil
        let panel = LinePanel(
            title: "sum of rewards so far", series: series,
            goals: bound.map { [LinePanel.Goal($0, label: "ceiling at the last step: best placements")] } ?? [],
            height: 260)
        return .figure(
            timeline(
                "Cumulative reward of each scheduler over the steps of \(phase.rawValue)", phase,
                panels: [.lines(panel)]),
            caption: """
                Cumulative reward over the steps of \(phase.rawValue), seed \(seeds(of: drawn)). The reward also pays \
                for few replicas and few nodes in use, so the policy with the highest reward is not the one with the \
                fewest violations.
                """)
    }

    private func servedFigure(_ phase: DarlyRun.Step.Phase) -> HTMLSection.Block? {
        let groups = subjects.compactMap { subject -> BarChart.Group? in
            guard let summary = subject.shown.summary(of: phase) else { return nil }
            let published = phase == .training ? DarlyPublished.figures(for: subject.role) : nil
            return BarChart.Group(
                label: subject.title,
                bars: [
                    bar("loose", summary.loose, .blue, published: published?.loose),
                    bar("strict", summary.strict, .vermilion, published: published?.strict),
                ])
        }
        guard !groups.isEmpty else { return nil }
        return .figure(
            BarChart(
                title: "Requests served within their target and violated, by scheduler, in \(phase.rawValue)",
                axisTitle: "workflow runs", groups: groups, markName: "published share of as many runs"),
            caption: """
                Runs that met their target (filled) and that did not (pale) in \(phase.rawValue), \
                seed \(seeds(of: subjects)).
                """)
    }

    private func bar(
        _ label: String, _ counts: DarlyRun.Served, _ colour: ChartColour, published: Double?
    ) -> BarChart.Bar {
        BarChart.Bar(
            label: label,
            segments: [
                .init(name: "\(label), met", value: Double(counts.served), colour: colour),
                .init(name: "\(label), violated", value: Double(counts.violated), colour: colour, isSoft: true),
            ],
            mark: published.map { $0 * Double(counts.total) }, note: "\(counts.served) of \(counts.total)")
    }

    private var spreadFigure: HTMLSection.Block? {
        let repeated = subjects.filter { $0.runs.count > 1 && $0.runs.contains { $0.inference != nil } }
        guard !repeated.isEmpty else { return nil }
        let rows = repeated.flatMap { subject in
            [
                BoxChart.Row(
                    label: subject.title, quartiles: subject.quartiles(.inference) { $0.loose.share.map { $0 * 100 } },
                    colour: .blue, name: "loose target"),
                BoxChart.Row(
                    label: "", quartiles: subject.quartiles(.inference) { $0.strict.share.map { $0 * 100 } },
                    colour: .vermilion, name: "strict target"),
            ]
        }
        return .figure(
            BoxChart(
                title: "Spread over the seeds of the share of targets met in frozen inference",
                axisTitle: "runs that met their target, %", rows: rows, covering: 0...100),
            caption: """
                Share of targets met over the seeds: box from the first to the third quartile, stroke at the median, \
                line from the worst to the best seed.
                """)
    }

    /// Interference, quotient and actions over the same steps of inference.
    private func stackedFigure(_ subject: DarlySubject) -> HTMLSection.Block {
        var panels = pressurePanels(.inference)
        panels.append(
            .lines(
                LinePanel(
                    title: "La/Lt, latency over target",
                    series: [.init(name: "", points: quotients(of: subject, .inference), colour: subject.colour)],
                    goals: [LinePanel.Goal(1, label: "target")], covering: 0.9...1.1, height: 120)))
        let actions = actionPanel(of: subject)
        if !actions.rows.isEmpty { panels.append(.events(actions)) }
        return .figure(
            timeline(
                "\(subject.title): interference, QoS quotient and actions in frozen inference", .inference,
                panels: panels),
            caption: """
                \(subject.title) in frozen inference, seed \(subject.shown.seed): pressure on each node, QoS \
                quotient, and the action taken at each step\(actions.rows.isEmpty ? " (this one takes none)" : "").
                """)
    }

    /// One strip for each node; none where no interference is known.
    private func pressurePanels(_ phase: DarlyRun.Step.Phase) -> [TimelineChart.Panel] {
        let here = conditions.interference.filter { $0.phase == phase && $0.percent > 0 }
        let slots: [ChartColour] = [.ochre, .sky, .purple, .green, .grey]
        guard !here.isEmpty else { return [] }
        let kinds = Set(here.map(\.kind)).sorted()
        return conditions.nodes.map { node in
            let layers = kinds.enumerated().map { index, kind in
                StackPanel.Layer(
                    name: "\(kind) pressure", colour: slots[min(index, slots.count - 1)],
                    stretches: here.filter { $0.kind == kind && $0.node == node && $0.fromStep < $0.untilStep }
                        .map { .init(Double($0.fromStep)..<Double($0.untilStep), value: $0.percent) })
            }
            return .stack(StackPanel(title: "pressure on \(node)", unit: "%", layers: layers, ceiling: 100))
        }
    }

    private func actionPanel(of subject: DarlySubject) -> EventPanel {
        let steps = subject.shown.steps(of: .inference)
        let rows = Set(steps.compactMap(\.step.action)).sorted()
        let events = steps.compactMap { index, step -> EventPanel.Event? in
            guard let action = step.action, let row = rows.firstIndex(of: action) else { return nil }
            return EventPanel.Event(x: Double(index), row: row, kind: step.random == true ? 1 : 0)
        }
        return EventPanel(
            title: "action", rows: rows,
            kinds: [
                .init(name: "action chosen", colour: subject.colour),
                .init(name: "action drawn at random", colour: subject.colour, isHollow: true),
            ], events: events)
    }

    private func seeds(of drawn: [DarlySubject]) -> String {
        Set(drawn.map(\.shown.seed)).sorted().map(String.init).joined(separator: " or ")
    }
}
