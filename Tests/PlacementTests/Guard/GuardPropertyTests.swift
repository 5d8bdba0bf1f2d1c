import Cluster
import Measures
import Placement
import Testing
import Topology

@Suite("The guard under random sequences")
struct GuardPropertyTests {
    @Test(arguments: 0..<100)
    func `whatever happens, the limits hold`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: "guard")
        var settings = GuardSettings()
        settings.betweenMovesNanoseconds = UInt64(random.index(below: 40)) * 1_000_000_000
        settings.movesPerMinute = 1 + random.index(below: 5)
        settings.noReturnNanoseconds = UInt64(random.index(below: 300)) * 1_000_000_000
        settings.runsToJudge = 1 + random.index(below: 3)
        settings.coldRuns = random.index(below: 2)
        settings.stockRuns = random.index(below: 6)
        settings.explorationCeiling = random.uniform()
        settings.quietAfterStartNanoseconds = UInt64(random.index(below: 100)) * 1_000_000_000
        var world = try GuardedWorld(settings, scheduler: random.index(below: 4) == 0 ? .kubernetes : .fullmap)
        var ledger = Ledger(settings)
        for _ in 0..<300 { try turn(&world, &ledger, &random) }
        #expect(ledger.violations.isEmpty, "\(ledger.violations.prefix(3))")
        #expect(settings.explorationCeiling * 300 + 1 >= Double(ledger.randomChanges))
    }

    @Test func `the sequences are not all refusals`() throws {
        var changes = 0
        var corrections = 0
        for seed in 0..<20 as Range<UInt64> {
            var random = SeededRandom(seed: seed, stream: "guard")
            var world = try GuardedWorld(GuardedWorld.lenient { $0.stockRuns = 5; $0.worseBy = 0.1 })
            var ledger = Ledger(world.loop.placementGuard?.settings ?? GuardSettings())
            for _ in 0..<300 { try turn(&world, &ledger, &random) }
            changes += world.changes.count
            corrections += ledger.corrections
        }
        #expect(changes > 1_000 && corrections > 100, "\(changes) changes, \(corrections) corrections")
    }

    private func turn(
        _ world: inout GuardedWorld, _ ledger: inout Ledger, _ random: inout SeededRandom
    ) throws {
        world.pass(seconds: random.uniform() * 20)
        for node in World.nodes {
            world.metrics[node] =
                random.index(below: 40) == 0 ? .unknown(reason: "silent") : World.metrics(c0: random.uniform())
        }
        world.isRefusing = random.index(below: 15) == 0
        let isHeld = random.index(below: 15) == 0
        world.hold(isHeld)
        world.clustersChoice = World.nodes[random.index(below: 4)]
        if random.index(below: 50) == 0 {
            // Somebody else moves something.
            world.snapshot = World.snapshot(framer: "w0\(1 + random.index(below: 4))")
        }
        let action = world.space.actions[random.index(below: world.space.actions.count)]
        let isRandom = random.index(below: 3) == 0
        let before = (snapshot: world.snapshot, count: world.changes.count)
        let record = try world.step(
            action.description, gain: Float(random.uniform() * 4 - 1), isRandom: isRandom,
            latency: random.index(below: 10) == 0 ? nil : 20 + random.uniform() * 30,
            abandoned: random.index(below: 30) == 0)
        guard world.changes.count > before.count, let made = world.changes.last else { return }
        ledger.note(
            made.change, at: made.at, before: before.snapshot, after: world.snapshot, metrics: world.metrics,
            isHeld: isHeld, isCorrection: record?.verdict != nil, isRandom: isRandom)
    }
}

/// Every change with what was known when it was made, checked against the limits in the plainest way: by going through
/// all that was before.
private struct Ledger {
    private struct Entry {
        let change: ClusterChange
        let at: MonotonicInstant
        let left: [FunctionName: String]
    }

    private let settings: GuardSettings
    private var entries: [Entry] = []
    private(set) var violations: [String] = []
    private(set) var corrections = 0
    private(set) var randomChanges = 0

    init(_ settings: GuardSettings) { self.settings = settings }

    mutating func note(
        _ change: ClusterChange, at now: MonotonicInstant, before: ClusterSnapshot, after: ClusterSnapshot,
        metrics: [NodeName: NodeMetrics], isHeld: Bool, isCorrection: Bool, isRandom: Bool
    ) {
        if isHeld { violations.append("\(change) while held") }
        if metrics.values.contains(where: { !$0.isKnown }) { violations.append("\(change) on unknown telemetry") }
        if now.nanoseconds < settings.quietAfterStartNanoseconds { violations.append("\(change) before its time") }
        let minute = entries.filter { now.nanoseconds(since: $0.at) < 60_000_000_000 }
        if minute.count >= settings.movesPerMinute { violations.append("\(change) beyond the budget") }
        let from = places(in: before, for: change)
        let to = places(in: after, for: change)
        if isCorrection {
            corrections += 1
        } else {
            if isRandom { randomChanges += 1 }
            for entry in entries where now.nanoseconds(since: entry.at) < settings.betweenMovesNanoseconds {
                if !Set(functions(of: entry.change)).isDisjoint(with: functions(of: change)) {
                    violations.append("\(change) too soon after \(entry.change)")
                }
            }
            for entry in entries where now.nanoseconds(since: entry.at) < settings.noReturnNanoseconds {
                for (function, place) in entry.left where to[function] == place && from[function] != place {
                    violations.append("\(change) brings \(function) back to \(place)")
                }
            }
        }
        entries.append(Entry(change: change, at: now, left: from.filter { to[$0.key] != $0.value }))
    }

    private func functions(of change: ClusterChange) -> [FunctionName] {
        switch change {
        case .move(let unit, _), .reschedule(let unit): unit.functions
        case .scale(let functions, _): functions
        }
    }

    private func places(in snapshot: ClusterSnapshot, for change: ClusterChange) -> [FunctionName: String] {
        var places: [FunctionName: String] = [:]
        for function in functions(of: change) {
            if case .scale = change {
                places[function] = snapshot.replicas[function].map { "\($0) replicas" }
            } else {
                places[function] = snapshot.assignment[function]?.rawValue
            }
        }
        return places
    }
}
