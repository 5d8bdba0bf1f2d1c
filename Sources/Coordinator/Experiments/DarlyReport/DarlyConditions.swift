/// Under what the runs of a report were made, as far as the runs themselves do not say it.
public struct DarlyConditions: Codable, Sendable, Equatable {
    /// Where the experiment ran: it decides what the page may call real.
    public enum World: String, Codable, Sendable {
        /// One process in virtual time: no agents and no sockets took part.
        case inProcess
        /// The demo: agents, sockets and coordinator were real processes; hardware and cluster were virtual.
        case demo
        /// A Kubernetes control plane with functions that really run: agents, coordinator, cluster, workflow and
        /// interference were real, and latencies measured; the nodes' hardware counters were virtual.
        case live
    }

    /// Pressure on one node over a stretch of steps.
    public struct Pressure: Codable, Sendable, Equatable {
        /// The part of the experiment.
        public let phase: DarlyPhase
        /// First step, counted from 0 in its part.
        public let fromStep: Int
        /// First step no longer under this pressure.
        public let untilStep: Int
        /// The node.
        public let node: String
        /// What is pressed: CPU, L3 or memory bandwidth, in the words to be shown.
        public let kind: String
        /// Percent of the node's capacity of this kind that is taken, 0 to 100.
        public let percent: Double

        /// `percent` of `kind` on `node` in steps `fromStep ..< untilStep` of `phase`.
        public init(
            phase: DarlyPhase, fromStep: Int, untilStep: Int, node: String, kind: String, percent: Double
        ) {
            self.phase = phase
            self.fromStep = fromStep
            self.untilStep = untilStep
            self.node = node
            self.kind = kind
            self.percent = percent
        }
    }

    /// Something the reader should know about the set-up.
    public struct Fact: Codable, Sendable, Equatable {
        /// What it is about.
        public let name: String
        /// What it is.
        public let value: String

        /// That `name` is `value`.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Where the experiment ran.
    public let world: World
    /// The workers in the order to be shown.
    public let nodes: [String]
    /// The interference.
    public let interference: [Pressure]
    /// What else there is to know: workflow, frames, noise, time compression and the like.
    public let facts: [Fact]

    /// The conditions of an experiment on `nodes`.
    public init(world: World, nodes: [String], interference: [Pressure], facts: [Fact]) {
        self.world = world
        self.nodes = nodes
        self.interference = interference
        self.facts = facts
    }

    /// The steps at which any node's pressure changes in `phase`, ascending, without 0.
    func changes(in phase: DarlyPhase) -> [Int] {
        let steps = interference.filter { $0.phase == phase }.flatMap { [$0.fromStep, $0.untilStep] }
        return Set(steps).subtracting([0]).sorted()
    }
}
