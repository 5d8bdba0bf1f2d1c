import FaaSSimulation
import Reports

extension FreyrReport {
    /// The distribution of relative execution times, their spread over the seeds, and the calls themselves.
    var relativeFigures: [HTMLSection.Block] {
        var blocks = [
            distribution(
                "Distribution of relative function execution time", of: \.relativeExecution,
                axis: "RFET: execution by execution with the user's amounts",
                caption: """
                    Share of calls up to each RFET, seed \(drawnSeed). Below 1 a call was accelerated, above 1 it was \
                    slowed down.
                    """)
        ].compactMap(\.self)
        if let spread { blocks.append(spread) }
        return blocks + subjects.compactMap(callsFigure)
    }

    /// The distributions of execution and completion times.
    var durationFigures: [HTMLSection.Block] {
        [
            distribution(
                "Distribution of execution time", of: \.executionSeconds, axis: "execution, s",
                caption: "Share of calls that execute within a time, without wait and cold start, seed \(drawnSeed)."),
            distribution(
                "Distribution of completion time", of: \.completionSeconds, axis: "arrival to end, s",
                caption: "Share of calls that end within a time after their arrival, wait and cold start included, "
                    + "seed \(drawnSeed)."),
        ].compactMap(\.self)
    }

    /// The seed that figures show.
    private var drawnSeed: String {
        Set(subjects.map(\.shown.seed)).sorted().map(String.init).joined(separator: " or ")
    }

    private func distribution(
        _ title: String, of histogram: (CallMetrics) -> ValueHistogram, axis: String, caption: String
    ) -> HTMLSection.Block? {
        let series = subjects.compactMap { subject -> XYChart.Series? in
            let points = Self.thinned(histogram(subject.shown.metrics).distribution)
            guard !points.isEmpty else { return nil }
            return XYChart.Series(
                name: subject.title, points: points, colour: subject.colour, mark: .line(subject.stroke))
        }
        guard !series.isEmpty else { return nil }
        return .figure(
            XYChart(
                title: title, x: .init(axis, scale: .logarithmic), y: .init("share of calls", covering: 0...1),
                series: series, goals: [.init(0.98, label: "98 %")]),
            caption: caption)
    }

    /// The steps of a distribution function, as far as a drawing can show them apart.
    static func thinned(_ distribution: [(value: Double, share: Double)]) -> [(x: Double, y: Double)] {
        var points: [(x: Double, y: Double)] = []
        for step in distribution where step.value > 0 {
            if let last = points.last {
                let isNear = step.share - last.y < 0.002 && step.value / last.x < 1.03 && step.share < 1
                if isNear { continue }
                points.append((step.value, last.y))
            } else {
                points.append((step.value, 0))
            }
            points.append((step.value, step.share))
        }
        return points
    }

    private var spread: HTMLSection.Block? {
        let repeated = subjects.filter { $0.runs.count > 1 }
        guard !repeated.isEmpty else { return nil }
        return .figure(
            BoxChart(
                title: "Mean relative function execution time over the seeds", axisTitle: "mean RFET",
                rows: repeated.map { subject in
                    BoxChart.Row(
                        label: subject.title, quartiles: subject.quartiles { $0.metrics.relativeExecution.mean },
                        colour: .blue, name: "seeds")
                }, covering: 0.9...1),
            caption: """
                Mean RFET over the seeds: box from the first to the third quartile, stroke at the median, line from \
                the lowest to the highest.
                """)
    }

    // MARK: Calls

    /// What happened to a call.
    private enum Kind: String, CaseIterable {
        case harvested, accelerated, safeguarded, unchanged

        /// What happened with one resource, of which the user had defined `user` and the call was given `given`.
        init(user: Int, given: Int, isSafeguarded: Bool) {
            self = given > user ? .accelerated : given < user ? .harvested : isSafeguarded ? .safeguarded : .unchanged
        }

        init(cpuOf call: CallSample.Call) {
            self.init(user: call.userMillicores, given: call.givenMillicores, isSafeguarded: call.isSafeguarded)
        }

        init(memoryOf call: CallSample.Call) {
            self.init(user: call.userMebibytes, given: call.givenMebibytes, isSafeguarded: call.isSafeguarded)
        }

        /// What happened with both; a call that lent of one and borrowed of the other counts as accelerated.
        init(_ call: CallSample.Call) {
            let both = [Self(cpuOf: call), Self(memoryOf: call)]
            self = both.contains(.accelerated) ? .accelerated : both.contains(.harvested) ? .harvested : both[0]
        }

        var colour: ChartColour {
            switch self {
            case .harvested: .vermilion
            case .accelerated: .blue
            case .safeguarded: .green
            case .unchanged: .grey
            }
        }
    }

    private func series(
        _ sample: CallSample, by kind: (CallSample.Call) -> Kind, _ point: (CallSample.Call) -> (x: Double, y: Double)
    ) -> [XYChart.Series] {
        let kinds = Dictionary(grouping: sample.calls.sorted { $0.sequence < $1.sequence }, by: kind)
        return Kind.allCases.reversed().compactMap { kind in
            kinds[kind].map {
                XYChart.Series(name: kind.rawValue, points: $0.map(point), colour: kind.colour, mark: .dots)
            }
        }
    }

    private func callsFigure(_ subject: FreyrReportSubject) -> HTMLSection.Block? {
        guard subject.manager != "fixed", let sample = subject.shown.sample, !sample.calls.isEmpty else { return nil }
        return .figure(
            XYChart(
                title: "\(subject.title): relative function execution time of each call",
                x: .init("call, in the order of arrivals"), y: .init("RFET", scale: .logarithmic, covering: 0.5...2),
                series: series(sample, by: { Kind($0) }) { (Double($0.sequence), $0.relativeExecutionTime) },
                goals: [.init(1, label: "as with the user's amounts")], height: 200),
            caption: """
                \(subject.title): RFET of \(sample.calls.count) of \(sample.seen) calls, drawn at random, seed \
                \(subject.shown.seed).
                """)
    }

    /// What calls were given beside what their users had defined.
    var allocationFigures: [HTMLSection.Block] {
        subjects.filter { $0.manager != "fixed" }.flatMap { subject -> [HTMLSection.Block] in
            guard let sample = subject.shown.sample, !sample.calls.isEmpty else { return [] }
            let caption = """
                \(subject.title), seed \(subject.shown.seed): what \(sample.calls.count) of \(sample.seen) calls were \
                given at their start over what their users had defined. Dots of equal amounts are set apart a little.
                """
            return [
                .figure(
                    allocation(
                        "\(subject.title): cores of calls", unit: "cores", step: 1,
                        series: series(sample, by: Kind.init(cpuOf:)) { call in
                            let (x, y) = Self.offset(call.sequence)
                            return (
                                Double(call.userMillicores) / 1_000 + x * 0.35,
                                Double(call.givenMillicores) / 1_000 + y * 0.35
                            )
                        }), caption: caption),
                .figure(
                    allocation(
                        "\(subject.title): memory of calls", unit: "MiB", step: 64,
                        series: series(sample, by: Kind.init(memoryOf:)) { call in
                            let (x, y) = Self.offset(call.sequence)
                            return (Double(call.userMebibytes) + x * 22, Double(call.givenMebibytes) + y * 22)
                        }), caption: caption),
            ]
        }
    }

    private func allocation(_ title: String, unit: String, step: Double, series: [XYChart.Series]) -> XYChart {
        let ends = [0.5 * step, 8.5 * step]
        let equal = XYChart.Series(
            name: "as the user defined", points: ends.map { ($0, $0) }, colour: .ink, mark: .line(.dashed))
        return XYChart(
            title: title, x: .init("user's amount, \(unit)", covering: ends[0]...ends[1]),
            y: .init("given, \(unit)", covering: ends[0]...ends[1]), series: [equal] + series, height: 280)
    }

    /// Where a call's dot lies within its place, -1 to 1 each way: multiples of the golden ratio and of the root of 2
    /// spread evenly, and the same drawing comes out each time.
    private static func offset(_ sequence: Int) -> (x: Double, y: Double) {
        let part = { (factor: Double) in
            let product = Double(sequence) * factor
            return 2 * (product - product.rounded(.down)) - 1
        }
        return (part(0.618_033_988_749_895), part(0.414_213_562_373_095))
    }
}
