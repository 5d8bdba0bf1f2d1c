import Topology

/// What the policy has placed, so that the stock rules can be given it back.
struct GiveBack: Sendable {
    private var units: [MovableUnit] = []
    private var scaling: ClusterChange?

    /// Notes a change of the policy's, which `undo` would take back.
    mutating func add(_ change: ClusterChange, undo: ClusterChange?) {
        switch change {
        case .move(let unit, _), .reschedule(let unit):
            if !units.contains(unit) { units.append(unit) }
        case .scale:
            // The first one knows the count that was found.
            scaling = scaling ?? undo
        }
    }

    /// The changes that give everything back: units for the cluster's own scheduler to place, and the replicas found.
    mutating func takeAll() -> [GuardCorrection] {
        defer { self = GiveBack() }
        let changes = units.map { ClusterChange.reschedule($0) } + (scaling.map { [$0] } ?? [])
        return changes.map { GuardCorrection($0, .stockRules) }
    }
}
