import FaaSSimulation
import Harvesting
import Reports

extension FreyrReport {
    /// What the cluster's CPU and memory were held and used for over time, and how many calls waited.
    var utilisationFigures: [HTMLSection.Block] {
        guard let end = subjects.map(\.shown.utilisation.endSeconds).max(), end > 0 else { return [] }
        let capacity = conditions.cluster.capacity
        let cores = Double(capacity.millicores) / 1_000
        let mebibytes = Double(capacity.mebibytes)
        let seeds = Set(subjects.map(\.shown.seed)).sorted().map(String.init).joined(separator: " or ")
        let panels = [
            panel("CPU held by calls, % of the cluster") { $0.allocatedCoreSeconds / cores * 100 },
            panel("CPU used by calls, % of the cluster") { $0.usedCoreSeconds / cores * 100 },
            panel("memory held by calls, % of the cluster") { $0.allocatedMebibyteSeconds / mebibytes * 100 },
            panel("memory used by calls, % of the cluster") { $0.usedMebibyteSeconds / mebibytes * 100 },
            panel("calls waiting") { $0.waitingSeconds },
        ]
        return [
            .figure(
                TimelineChart(
                    title: "CPU and memory held and used, and calls waiting, over the run",
                    axisTitle: "seconds of the run", domain: 0...end, panels: panels.map { .lines($0) }),
                caption: "Averages over stretches of the run, seed \(seeds).")
        ]
    }

    /// The lines of all managers; `rate` gives a stretch's amount, in its unit times seconds, in the unit of the panel.
    private func panel(_ title: String, _ rate: (UtilisationSeries.Stretch) -> Double) -> LinePanel {
        LinePanel(
            title: title,
            series: subjects.map { subject in
                LinePanel.Series(
                    name: subject.title, points: points(subject.shown.utilisation, rate), colour: subject.colour,
                    stroke: subject.stroke)
            }, covering: 0...1, height: 120)
    }

    private func points(
        _ series: UtilisationSeries, _ rate: (UtilisationSeries.Stretch) -> Double
    ) -> [LinePanel.Point] {
        series.stretches.enumerated().map { place, stretch in
            let start = Double(place) * series.stretchSeconds
            // The last stretch is over when the run is.
            let length = min(series.stretchSeconds, series.endSeconds - start)
            return LinePanel.Point(start + length / 2, length > 0 ? rate(stretch) / length : nil)
        }
    }
}
