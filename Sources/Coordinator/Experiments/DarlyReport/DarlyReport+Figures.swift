import Reports

extension DarlyReport {
    /// The plots of one part of the experiment; none when no run has steps in it.
    func figures(of phase: DarlyPhase) -> [HTMLSection.Block] {
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
    private func length(of phase: DarlyPhase) -> Int {
        subjects.flatMap { $0.shown.steps(of: phase) }.map { $0.index + 1 }.max() ?? 1
    }

    /// The stretches in which neither the pressure nor the target changes, labelled with number and target.
    private func bands(of phase: DarlyPhase) -> [TimelineChart.Band] {
        let targets = subjects.first { !$0.shown.steps(of: phase).isEmpty }?.shown.steps(of: phase) ?? []
        let switches = zip(targets, targets.dropFirst()).filter { $0.step.qosSeconds != $1.step.qosSeconds }.map(
            \.1.index)
        let end = length(of: phase)
        let starts = Set([0] + switches + conditions.changes(in: phase)).filter { $0 < end }.sorted()
        guard starts.count <= Self.mostStretches else { return [] }
        return zip(starts, starts.dropFirst() + [end]).enumerated().map { number, range in
            let seconds = targets.first { $0.index >= range.0 }.map {
                NumberText.fixed($0.step.qosSeconds, decimals: 0)
            }
            return TimelineChart.Band(
                Double(range.0)..<Double(range.1), label: "\(number + 1)" + (seconds.map { ": \($0) s" } ?? ""))
        }
    }

    private func timeline(
        _ title: String, _ phase: DarlyPhase, panels: [TimelineChart.Panel]
    ) -> TimelineChart {
        TimelineChart(
            title: title, axisTitle: "step (one workflow run each)", domain: 0...Double(length(of: phase)),
            bands: bands(of: phase), panels: panels)
    }

    /// Lines of more points than this are thinned: the page could not show them apart.
    private static let mostPoints = 1000
    /// With more stretches than this neither shades nor pressure can be told apart.
    private static let mostStretches = 60

    /// How many steps stand behind one point of a line over `phase`.
    private func stepsPerPoint(in phase: DarlyPhase) -> Int {
        (length(of: phase) + Self.mostPoints - 1) / Self.mostPoints
    }

    /// The quotient at each step, or its mean over as many steps as stand behind one point; absent where none is known.
    private func quotients(of subject: DarlySubject, _ phase: DarlyPhase) -> [LinePanel.Point] {
        let steps = subject.shown.steps(of: phase)
        let size = stepsPerPoint(in: phase)
        return stride(from: 0, to: steps.count, by: size).map { start in
            let group = steps[start..<min(start + size, steps.count)]
            let known = group.compactMap(\.step.quotient)
            return LinePanel.Point(
                Double(steps[start].index) + Double(size) / 2,
                known.isEmpty ? nil : known.reduce(0, +) / Double(known.count))
        }
    }

    private func thinningRemark(in phase: DarlyPhase) -> String {
        let size = stepsPerPoint(in: phase)
        return size > 1 ? " Each point is the mean of \(size) steps." : ""
    }

    private func quotientFigure(_ drawn: [DarlySubject], _ phase: DarlyPhase) -> HTMLSection.Block {
        let shown = drawn.filter { $0.role != .yardstick }
        let values = shown.flatMap { quotients(of: $0, phase) }.compactMap(\.y).filter(\.isFinite)
        let range = min(values.min() ?? 0.9, 0.9)...max(values.max() ?? 1.1, 1.1)
        let panels =
            context(of: shown, phase)
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
                target. A gap in a line is a run without a measured latency.\(thinningRemark(in: phase))
                """)
    }

    private func rewardFigure(_ drawn: [DarlySubject], _ phase: DarlyPhase) -> HTMLSection.Block {
        let size = stepsPerPoint(in: phase)
        let series = drawn.map { subject in
            var sum = 0.0
            let points = subject.shown.steps(of: phase).map { index, step in
                sum += step.reward ?? 0
                return LinePanel.Point(Double(index) + 1, step.reward.map { _ in sum })
            }.filter { Int($0.x).isMultiple(of: size) }
            return LinePanel.Series(
                name: subject.title, points: points, colour: subject.colour, stroke: subject.stroke)
        }
        let bound = phase == .inference ? drawn.first?.shown.ceiling?.placement.cumulativeReward : nil
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

    private func servedFigure(_ phase: DarlyPhase) -> HTMLSection.Block? {
        let groups = subjects.compactMap { subject -> BarChart.Group? in
            guard let summary = subject.shown.summary(of: phase) else { return nil }
            let published = published(for: subject, in: phase)
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
        _ label: String, _ counts: DarlyTally, _ colour: ChartColour, published: Double?
    ) -> BarChart.Bar {
        BarChart.Bar(
            label: label,
            segments: [
                .init(name: "\(label), met", value: Double(counts.served), colour: colour),
                .init(name: "\(label), violated", value: Double(counts.violated), colour: colour, isSoft: true),
            ],
            mark: published.map { $0 * Double(counts.count) }, note: "\(counts.served) of \(counts.count)")
    }

    private var spreadFigure: HTMLSection.Block? {
        let repeated = subjects.filter { $0.runs.count > 1 }
        guard !repeated.isEmpty else { return nil }
        let rows = repeated.flatMap { subject in
            [
                BoxChart.Row(
                    label: subject.title,
                    quartiles: subject.quartiles(.inference) { $0.loose.servedShare.map { $0 * 100 } },
                    colour: .blue, name: "loose target"),
                BoxChart.Row(
                    label: "", quartiles: subject.quartiles(.inference) { $0.strict.servedShare.map { $0 * 100 } },
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
        var panels = context(of: [subject], .inference)
        panels.append(
            .lines(
                LinePanel(
                    title: "La/Lt, latency over target",
                    series: [.init(name: "", points: quotients(of: subject, .inference), colour: subject.colour)],
                    goals: [LinePanel.Goal(1, label: "target")], covering: 0.9...1.1, height: 120)))
        panels.append(.events(actionPanel(of: subject)))
        return .figure(
            timeline(
                "\(subject.title): interference, QoS quotient and actions in frozen inference", .inference,
                panels: panels),
            caption: """
                \(subject.title) in frozen inference, seed \(subject.shown.seed): pressure on each node, QoS \
                quotient, and the action taken at each step.
                """)
    }

    /// With more bands than this their labels, which tell the target, no longer fit.
    private static let mostLabels = 8

    /// What the scheduler was up against: the pressure, and the target where the bands' labels cannot tell it.
    private func context(of drawn: [DarlySubject], _ phase: DarlyPhase) -> [TimelineChart.Panel] {
        let pressure = pressurePanels(phase)
        guard bands(of: phase).count > Self.mostLabels, let subject = drawn.first else { return pressure }
        let points = subject.shown.steps(of: phase).flatMap { index, step in
            [LinePanel.Point(Double(index), step.qosSeconds), LinePanel.Point(Double(index) + 1, step.qosSeconds)]
        }
        // A step that only repeats its neighbours adds nothing to the staircase.
        let corners = points.indices.filter { index in
            index == 0 || index == points.count - 1 || points[index].y != points[index - 1].y
                || points[index].y != points[index + 1].y
        }
        let line = LinePanel.Series(name: "", points: corners.map { points[$0] }, colour: .ink)
        let targets = points.compactMap(\.y)
        // A tenth of room to both sides, so that the staircase does not run along the frame.
        let covering = (targets.min() ?? 0) * 0.9...(targets.max() ?? 0) * 1.1
        return pressure + [
            .lines(LinePanel(title: "latency target in seconds", series: [line], covering: covering, height: 60))
        ]
    }

    /// One strip for each node; none where no interference is known.
    private func pressurePanels(_ phase: DarlyPhase) -> [TimelineChart.Panel] {
        let here = conditions.interference.filter { $0.phase == phase && $0.percent > 0 }
        let slots: [ChartColour] = [.ochre, .sky, .purple, .green, .grey]
        guard !here.isEmpty, Set(here.map(\.fromStep)).count <= Self.mostStretches else { return [] }
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
        let rows = Set(steps.map(\.step.action)).sorted()
        let events = steps.compactMap { index, step -> EventPanel.Event? in
            guard let row = rows.firstIndex(of: step.action) else { return nil }
            return EventPanel.Event(x: Double(index), row: row, kind: step.random ? 1 : 0)
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
