import Harvesting
import Measures

/// The published simulator's cluster, rule by rule and its faults included, so that our managers can be held against its
/// recorded runs. Amounts are whole units of each resource.
///
/// Known faults, kept on purpose: the whole cluster is stepped once more at each arrival without the clock moving; a queued
/// request progresses without holding anything; a warm start needs an instance with strictly more of both resources.
struct PortedCluster {
    struct Units: Hashable {
        var cpu: Int
        var memory: Int
    }

    struct Profile {
        let shortest: Int
        let longest: Int
        let coldStart: Int
    }

    /// The ten functions: shortest and longest duration and cold start, in seconds, as the simulator lists them.
    static let profiles = [
        (20, 100, 1), (40, 200, 1), (40, 160, 1), (100, 600, 1), (60, 300, 1),
        (50, 250, 1), (60, 180, 1), (60, 360, 1), (150, 550, 5), (10, 80, 1),
    ].map { Profile(shortest: $0.0, longest: $0.1, coldStart: $0.2) }

    static let serverCount = 30
    static let serverUnits = 32
    static let stride = 7
    static let keepAliveSeconds = 10
    /// Every function can use as much of both.
    static let ideal = 8

    /// Whole seconds of execution of `profile` with `units`; CPU counts twice as much as memory.
    static func duration(of profile: Profile, with units: Units) -> Int {
        let spread = Double(profile.longest - profile.shortest)
        func lack(_ amount: Int) -> Double {
            amount >= ideal ? 0 : Double(ideal - amount) / Double(ideal - 1)
        }
        let seconds = Double(profile.shortest) + spread * 2 / 3 * lack(units.cpu)
            + spread * 1 / 3 * lack(units.memory)
        return Int(seconds) + 1
    }

    struct Call {
        let order: Int
        let function: Int
        let units: Units
        let user: Units
        let duration: Int
        let invoked: Int
        var initialisation = 0
        var initialised = 0
        var progress = 0
        var waited = 0
        var done = 0

        /// Seconds of execution by seconds with the user's amounts.
        var relativeExecutionTime: Double {
            Double(progress) / Double(PortedCluster.duration(of: PortedCluster.profiles[function], with: user))
        }

        var completion: Int { initialised + progress + waited }

        mutating func step() {
            if initialised < initialisation { initialised += 1 } else { progress += 1 }
        }
    }

    struct Server {
        var running: [Call] = []
        var queue: [Call] = []
        var kept: [Call] = []

        var used: Units {
            running.reduce(Units(cpu: 0, memory: 0)) {
                Units(cpu: $0.cpu + $1.units.cpu, memory: $0.memory + $1.units.memory)
            }
        }

        func hasRoom(for units: Units) -> Bool {
            let used = used
            return used.cpu + units.cpu <= PortedCluster.serverUnits
                && used.memory + units.memory <= PortedCluster.serverUnits
        }

        mutating func start(_ call: Call) {
            var call = call
            let warm = kept.indices.filter {
                kept[$0].function == call.function && kept[$0].units.cpu > call.units.cpu
                    && kept[$0].units.memory > call.units.memory
            }.min { kept[$0].done < kept[$1].done }
            if let warm {
                kept.remove(at: warm)
            } else {
                call.initialisation = PortedCluster.profiles[call.function].coldStart
                makeRoom(for: call.units)
            }
            running.append(call)
        }

        /// Evicts kept instances, the most recently finished first, until a cold start fits beside the rest.
        private mutating func makeRoom(for units: Units) {
            func fits() -> Bool {
                let all = (running + kept).reduce(units) {
                    Units(cpu: $0.cpu + $1.units.cpu, memory: $0.memory + $1.units.memory)
                }
                return all.cpu <= PortedCluster.serverUnits && all.memory <= PortedCluster.serverUnits
            }
            while !fits(), let newest = kept.indices.max(by: { kept[$0].done < kept[$1].done }) {
                kept.remove(at: newest)
            }
        }

        /// One second; returns the calls that it ends.
        mutating func step(at now: Int) -> [Call] {
            for place in running.indices { running[place].step() }
            var ended = running.filter { $0.progress >= $0.duration }
            running.removeAll { $0.progress >= $0.duration }
            for place in ended.indices { ended[place].done = now }
            kept.removeAll { now - $0.done > PortedCluster.keepAliveSeconds }
            kept += ended
            for place in queue.indices { queue[place].step() }
            var waiting: [Call] = []
            for call in queue {
                if hasRoom(for: call.units) { start(call) } else { waiting.append(call) }
            }
            queue = waiting
            return ended
        }
    }

    private(set) var servers = [Server](repeating: Server(), count: serverCount)
    private(set) var unfinished = 0
    private(set) var hasQueued = false
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed, stream: "full cluster")
    }

    var free: Units {
        servers.reduce(Units(cpu: 0, memory: 0)) {
            Units(cpu: $0.cpu + Self.serverUnits - $1.used.cpu, memory: $0.memory + Self.serverUnits - $1.used.memory)
        }
    }

    /// Sends `call` to the first server with room from its home on, or else into the queue of a random one.
    mutating func place(_ call: Call) {
        unfinished += 1
        var index = call.function % Self.serverCount
        for _ in 0..<Self.serverCount {
            if servers[index].hasRoom(for: call.units) {
                if servers[index].queue.isEmpty { servers[index].start(call) } else { enqueue(call, at: index) }
                return
            }
            index = (index + Self.stride) % Self.serverCount
        }
        enqueue(call, at: random.index(below: Self.serverCount))
    }

    private mutating func enqueue(_ call: Call, at index: Int) {
        hasQueued = true
        servers[index].queue.append(call)
    }

    /// One second of every server; returns the calls that it ends.
    mutating func step(at now: Int) -> [Call] {
        var ended: [Call] = []
        for index in servers.indices { ended += servers[index].step(at: now) }
        unfinished -= ended.count
        return ended
    }
}
