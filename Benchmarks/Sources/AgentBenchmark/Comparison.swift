internal import Foundation
internal import Measures

/// All rounds of the three programs at one rate.
struct Comparison {
    let rate: Rate
    var columns: Int
    let readsPerSample: Double
    var agent: [Measurement] = []
    var bare: [Measurement] = []
    var exporter: [Measurement] = []

    /// Prints a line for each program and one for each limit; true when all limits are kept.
    func print() -> Bool {
        Swift.print(
            "\n64 virtual CPUs every \(rate.intervalMilliseconds) ms: \(columns) columns, "
                + "\(text(readsPerSample, 1)) reads of registers per sample; \(agent.count) rounds of "
                + "\(text(rate.windowSeconds, 0)) s, medians [quartiles]")
        line("program", "% of one core", "us per sample", "samples/s", "reads/sample", "resident kB")
        line("reeve-agent", agent)
        line("bare C loop", bare)
        line("node_exporter", exporter)
        let share = median(agent, \.share)
        let resident = agent.map(\.residentKilobytes).max() ?? 0
        let ratio = median(agent, \.microsecondsPerSample) / median(bare, \.microsecondsPerSample)
        let exporterRatio = median(agent, \.microsecondsPerSample) / median(exporter, \.microsecondsPerSample)
        let pace = median(agent) { Double($0.samples) / $0.wallSeconds } * Double(rate.intervalMilliseconds) / 1_000
        return [
            verdict("samples of those that were due", text(pace * 100, 1) + " %", "at least 95 %", pace >= 0.95),
            verdict(
                "share of one core", text(share * 100, 3) + " %", "\(text(rate.shareLimit * 100, 1)) %",
                share <= rate.shareLimit),
            verdict(
                "resident memory", "\(resident) kB", "\(AgentBenchmark.residentLimitKilobytes) kB",
                resident <= AgentBenchmark.residentLimitKilobytes),
            verdict(
                "CPU time to that of the bare loop", text(ratio, 2), text(AgentBenchmark.bareRatioLimit, 0),
                ratio <= AgentBenchmark.bareRatioLimit),
            verdict(
                "CPU time per sample to node_exporter's per scrape", text(exporterRatio, 4),
                text(AgentBenchmark.exporterRatioLimit, 1), exporterRatio <= AgentBenchmark.exporterRatioLimit),
        ].allSatisfy { $0 }
    }

    private func verdict(_ what: String, _ value: String, _ limit: String, _ isMet: Bool) -> Bool {
        Swift.print("  \(what): \(value), limit \(limit): \(word(isMet))")
        return isMet
    }

    private func line(_ name: String, _ rounds: [Measurement]) {
        line(
            name, spread(rounds, 3) { $0.share * 100 }, spread(rounds, 1, \.microsecondsPerSample),
            spread(rounds, 1) { Double($0.samples) / $0.wallSeconds }, spread(rounds, 1, \.readsPerSample),
            spread(rounds, 0) { Double($0.residentKilobytes) })
    }

    private func line(_ cells: String...) {
        let widths = [14, 24, 28, 22, 24, 24]
        let padded = zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(1, width - cell.count))
        }
        Swift.print("  " + padded.joined())
    }

    private func median(_ rounds: [Measurement], _ value: (Measurement) -> Double) -> Double {
        Quartiles(rounds.map(value))?.median ?? .nan
    }

    private func spread(_ rounds: [Measurement], _ digits: Int, _ value: (Measurement) -> Double) -> String {
        guard let quartiles = Quartiles(rounds.map(value)) else { return "-" }
        let between = "[\(text(quartiles.lower, digits)), \(text(quartiles.upper, digits))]"
        return "\(text(quartiles.median, digits)) \(between)"
    }
}

/// A number with so many decimals.
func text(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
