import Reports

extension DarlyReport {
    var subtitle: String {
        let scenarios = distinct(\.scenario.rawValue).joined(separator: ", ")
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
            case .live:
                """
                Everything but the nodes' hardware counters is real: a Kubernetes control plane, functions that are \
                processes of this machine and work on frames of a video, agents, sockets, coordinator and learner, \
                and stress-ng as interference. Each node has a share of this machine's processors. Latencies are \
                measured. The counters that agents read are virtual, for this machine's own cannot be told apart by \
                node: they show the pressure and the placement that there are. With so few steps a learner has hardly \
                begun: the page shows the loop at work, not what it learns.
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
            .paragraph(conditions.world == .live ? Self.liveSchedulers : Self.schedulers),
            .facts([(name: "Seeds", value: seedText)] + conditions.facts.map { (name: $0.name, value: $0.value) }),
        ]
    }

    private static let liveSchedulers = """
        Native Kubernetes places the functions once and has no agent. The others begin where it put them, and learn as \
        they go; what they choose passes a guard.
        """
    private static let schedulers = """
        The four learning schedulers (Oracle, Custom, Fullmap, Kubernetes-guided) are the same deep Q-network \
        with different sets of actions. They train first; then their parameters are frozen and they act \
        greedily on a second schedule. Native Kubernetes places the functions once and has no agent. Blind, \
        random and static are yardsticks: stay and add replicas; any action; the best fixed assignment in \
        hindsight.
        """

    /// How the tables are to be read.
    var reading: [HTMLSection.Block] {
        var points = [
            """
            Loose, strict: share of runs whose latency was at most the target. Violated: number of runs above it, \
            both together. La/Lt is the mean over all steps, reward the sum. Converged is the first step from which \
            on at least 80 % of any 20 runs in a row met their target; the sources name a convergence time without \
            defining it.
            """
        ]
        if subjects.contains(where: { published(for: $0, in: .training) ?? published(for: $0, in: .inference) != nil })
        {
            points.append(DarlyPublished.remark)
        }
        guard runs.contains(where: { $0.ceiling != nil }) else { return [.list(points)] }
        points.append(
            """
            Best placement is the best assignment and number of replicas at each step, as if everything could be \
            rearranged at once. Best actions is the best sequence of Fullmap's actions, one at each step, from the \
            same start. Fewest violations and highest reward are searched separately. Both know what is to come; no \
            scheduler does. A scheduler can be luckier than a ceiling where the measured latency holds noise that the \
            search does not see.
            """)
        return [.list(points)]
    }

    /// Where the numbers come from.
    var provenance: [(name: String, value: String)] {
        let machines = distinct {
            "\($0.machine.cpu), \($0.machine.logicalCPUs) logical CPUs; BLAS: \($0.machine.blas)"
        }
        let seconds = runs.map(\.wallSeconds).reduce(0, +)
        return [
            (name: "reeve", value: distinct(\.version).joined(separator: ", ")),
            (name: "Machine", value: machines.joined(separator: "; ")),
            (name: "Time of all runs", value: NumberText.fixed(seconds, decimals: 1) + " s"),
        ]
    }

    /// The seeds of each scheduler, said once where they are the same for all.
    private var seedText: String {
        let lists = subjects.map { $0.runs.map { String($0.seed) }.joined(separator: ", ") }
        if let first = lists.first, lists.allSatisfy({ $0 == first }) { return "\(first) for each scheduler" }
        return zip(subjects, lists).map { "\($0.title) \($1)" }.joined(separator: "; ")
    }

    private func distinct(_ value: (DarlyResult) -> String) -> [String] {
        Set(runs.map(value)).sorted()
    }
}
