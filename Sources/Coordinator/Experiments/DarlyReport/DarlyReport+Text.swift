import Reports

extension DarlyReport {
    var subtitle: String {
        let scenarios = distinct(\.scenario).joined(separator: ", ")
        let presets = distinct(\.preset).joined(separator: ", ")
        return "Scenario \(scenarios), preset \(presets): \(subjects.count) schedulers, \(runs.count) runs."
    }

    /// What was measured, on what, how often, and what is simulated.
    var introduction: [HTMLSection.Block] {
        let simulated =
            switch conditions.world {
            case .inProcess:
                """
                Everything outside the schedulers is simulated, in one process and in virtual time: the nodes, their \
                hardware counters, the interference and the workflow's latency come from a model that is calibrated \
                to the published measurements. No agent and no socket took part. The learning, the decisions and the \
                reward are the same code that runs a live cluster.
                """
            case .demo:
                """
                The agents, the encrypted sockets between them and the coordinator, the learning and the decisions \
                are real processes and real code. The hardware that the agents read, the cluster that carries the \
                decisions out, the interference and the workflow's latency are simulated by a model that is \
                calibrated to the published measurements; settle time and workflow latency are compressed.
                """
            }
        return [
            .paragraph(
                """
                A scheduler decides, step by step, on which node each function of a video analytics workflow runs \
                while other programs press on the nodes. After each decision the workflow runs once and its \
                end-to-end latency La is held against the target Lt of that step: a loose target, later a strict one. \
                The quotient La/Lt should stay just below 1.
                """),
            .paragraph(simulated),
            .paragraph(
                """
                The four learning schedulers (Oracle, Custom, Fullmap, Kubernetes-guided) are the same deep Q-network \
                with different sets of actions. They train first; then their parameters are frozen and they act \
                greedily on a second schedule. Native Kubernetes places the functions once and has no agent. Blind, \
                random and static are yardsticks: stay and add replicas; any action; the best fixed assignment in \
                hindsight.
                """),
            .facts([(name: "Seeds", value: seedText)] + conditions.facts.map { (name: $0.name, value: $0.value) }),
        ]
    }

    /// How the tables are to be read.
    var reading: [HTMLSection.Block] {
        var points = [
            """
            Loose, strict: share of runs whose latency was at most the target. Violated: number of runs above it, both \
            together. La/Lt is the mean over all steps, reward the sum; converged is the step at which training settled.
            """
        ]
        if runs.contains(where: { $0.training != nil }) { points.append(DarlyPublished.remark) }
        if runs.contains(where: { $0.ceiling != nil && $0.inference != nil }) {
            points.append(
                """
                Best placement is the best assignment at each step, found by exhaustive search, free to jump anywhere \
                at no cost. Best actions is the best sequence of the scheduler's own actions from the same start, \
                found by dynamic programming. Fewest violations and highest reward are searched separately. Both know \
                what is to come; no scheduler does.
                """)
        }
        return [.list(points)]
    }

    /// Where the numbers come from.
    var provenance: [(name: String, value: String)] {
        let machines = Set(runs.compactMap(\.machine).flatMap { $0.map { "\($0.key): \($0.value)" } }).sorted()
        let seconds = runs.compactMap(\.wallSeconds)
        return [
            (name: "reeve", value: Set(runs.compactMap(\.version)).sorted().joined(separator: ", ")),
            (name: "Machine", value: machines.joined(separator: "; ")),
            (
                name: "Wall time of all runs",
                value: seconds.isEmpty ? "" : NumberText.fixed(seconds.reduce(0, +), decimals: 1) + " s"
            ),
        ].filter { !$0.value.isEmpty }
    }

    /// The seeds of each scheduler, said once where they are the same for all.
    private var seedText: String {
        let lists = subjects.map { $0.runs.map { String($0.seed) }.joined(separator: ", ") }
        if let first = lists.first, lists.allSatisfy({ $0 == first }) { return "\(first) for each scheduler" }
        return zip(subjects, lists).map { "\($0.title) \($1)" }.joined(separator: "; ")
    }

    private func distinct(_ value: (DarlyRun) -> String) -> [String] {
        Set(runs.map(value)).sorted()
    }
}
