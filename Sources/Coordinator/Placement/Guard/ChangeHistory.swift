import Cluster
import Measures
import Topology

/// What was changed and when, as far as it matters for what may be changed next: the minute's budget, the time between
/// changes of one function, and the places that functions left.
struct ChangeHistory: Sendable {
    /// The budget's window: "moves per minute".
    static let budgetWindowNanoseconds: UInt64 = 60_000_000_000

    private let settings: GuardSettings
    /// When changes were let through within the budget's window, oldest first; never more than the budget.
    private(set) var grants: [MonotonicInstant] = []
    private var lastChanged: [FunctionName: MonotonicInstant] = [:]
    private var departures: [Departure] = []
    /// As they were before the newest change.
    private var departuresBefore: [Departure] = []

    /// Where something is: a function on a node, or with a number of replicas.
    private enum Place: Hashable {
        case node(NodeName)
        case replicas(Int)

        var name: String {
            switch self {
            case .node(let node): node.rawValue
            case .replicas(let count): "\(count) replicas"
            }
        }
    }

    private struct Departure {
        let function: FunctionName
        let place: Place
        let at: MonotonicInstant
    }

    init(_ settings: GuardSettings) { self.settings = settings }

    /// Why no change at all is allowed now, if so.
    func budgetRefusal(at now: MonotonicInstant) -> GuardRefusal? {
        let recent = grants.filter { now.nanoseconds(since: $0) < Self.budgetWindowNanoseconds }
        guard recent.count >= settings.movesPerMinute, let oldest = recent.first else { return nil }
        return .budgetSpent(
            movesPerMinute: settings.movesPerMinute,
            secondsLeft: Self.secondsLeft(of: Self.budgetWindowNanoseconds, since: oldest, at: now))
    }

    /// Why `change` is not allowed now, if so, the budget aside.
    func refusal(of change: ClusterChange, at now: MonotonicInstant) -> GuardRefusal? {
        for function in change.functions {
            guard let last = lastChanged[function] else { continue }
            let left = Self.secondsLeft(of: settings.betweenMovesNanoseconds, since: last, at: now)
            if left > 0 { return .coolingDown(function, secondsLeft: left) }
        }
        return switch change {
        case .move(let unit, let node): returning(unit.functions, to: .node(node), at: now)
        case .scale(let functions, let count): returning(functions, to: .replicas(count), at: now)
        case .reschedule(let unit): returning(unit.functions, to: nil, at: now)
        }
    }

    /// Notes that `change` was let through, on a cluster that was as `snapshot`.
    mutating func grant(_ change: ClusterChange, from snapshot: ClusterSnapshot, at now: MonotonicInstant) {
        grants = grants.filter { now.nanoseconds(since: $0) < Self.budgetWindowNanoseconds } + [now]
        departures.removeAll { now.nanoseconds(since: $0.at) >= settings.noReturnNanoseconds }
        departuresBefore = departures
        for function in change.functions {
            lastChanged[function] = now
            guard let place = place(of: function, under: change, in: snapshot) else { continue }
            // One to a place is enough, and so what is kept is bounded by functions times places.
            departures.removeAll { $0.function == function && $0.place == place }
            departures.append(Departure(function: function, place: place, at: now))
        }
    }

    /// Takes back that functions left their places: the newest change left them where they were. The budget stays
    /// used, so that what fails is not tried without end.
    mutating func stayedPut() { departures = departuresBefore }

    private func place(
        of function: FunctionName, under change: ClusterChange, in snapshot: ClusterSnapshot
    ) -> Place? {
        switch change {
        case .move, .reschedule: snapshot.assignment[function].map { .node($0) }
        case .scale: snapshot.replicas[function].map { .replicas($0) }
        }
    }

    /// Without a `place` any node that one of the functions left counts.
    private func returning(_ functions: [FunctionName], to place: Place?, at now: MonotonicInstant) -> GuardRefusal? {
        for departure in departures where functions.contains(departure.function) {
            let left = Self.secondsLeft(of: settings.noReturnNanoseconds, since: departure.at, at: now)
            guard left > 0 else { continue }
            if let place, departure.place == place {
                return .wouldReturn(departure.function, place: place.name, secondsLeft: left)
            }
            if place == nil, case .node = departure.place {
                return .mightReturn(departure.function, secondsLeft: left)
            }
        }
        return nil
    }

    private static func secondsLeft(
        of window: UInt64, since earlier: MonotonicInstant, at now: MonotonicInstant
    ) -> Double {
        let passed = now.nanoseconds(since: earlier)
        return passed < window ? Double(window - passed) * 1e-9 : 0
    }
}
