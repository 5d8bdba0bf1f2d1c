import Cluster
import Topology

/// One function's Deployment as the server has it, and the patches that change it: what is written, never who writes.
///
/// A patch names fields of reeve's alone, with what was found there beforehand in the same request, so that there is no
/// moment at which something is changed and not yet noted.
struct ManagedDeployment: Sendable {
    /// The whole object.
    let json: JSONValue
    /// What reeve has noted on it, or nil when it is not managed.
    let state: FoundState?

    /// Reads the object `json`. Throws `ClusterError` when the note on it cannot be read.
    init(_ json: JSONValue) throws(ClusterError) {
        self.json = json
        guard let text = json[path: ["metadata", "annotations", ManagedNames.foundAnnotation]]?.text else {
            state = nil
            return
        }
        guard let state = FoundState.read(text) else {
            throw ClusterError(
                .refused,
                "deployment \(json[path: ["metadata", "name"]]?.text ?? "?"): its annotation "
                    + "\(ManagedNames.foundAnnotation) cannot be read, so what was found there is not known; "
                    + "put it right or take it off"
            )
        }
        self.state = state
    }

    /// The Deployment's name.
    var name: String { json[path: ["metadata", "name"]]?.text ?? "" }
    /// The function that it is.
    var function: FunctionName { FunctionName(name) }
    /// Counts changes of what is wanted.
    var generation: Int64 { json[path: ["metadata", "generation"]]?.whole ?? 0 }
    /// Pods wanted; the server's default is one.
    var replicas: Int { Int(clamping: json[path: ["spec", "replicas"]]?.whole ?? 1) }
    /// The affinity of the pods to come; null for none.
    var affinity: JSONValue { template["affinity"] ?? .null }
    /// The mark on the pods to come, or nil when they have none.
    var mark: String? {
        json[path: ["spec", "template", "metadata", "labels", ManagedNames.placementLabel]]?.text
    }
    /// The pods' pattern.
    var template: JSONValue { json[path: ["spec", "template", "spec"]] ?? [:] }
    /// How pods are exchanged.
    var strategy: JSONValue { json[path: ["spec", "strategy"]] ?? .null }
    /// What the pods' affinity is without reeve.
    var ownAffinity: JSONValue { state?.affinity?.own(present: affinity) ?? affinity }

    /// What makes the pods' pattern what it is.
    struct Placement: Hashable, Sendable {
        /// The affinity; null for none.
        var affinity: JSONValue
        /// The mark, or nil for none.
        var mark: String?
    }

    /// Where the pods are to be now.
    var placement: Placement { Placement(affinity: affinity, mark: mark) }

    /// The placement on `nodes`: the present one when it is that already, so that nothing restarts for nothing.
    func placement(on nodes: [String]) -> Placement {
        if let mark, NodePin.pin(ownAffinity, to: nodes, mark: mark) == affinity { return placement }
        return Placement(affinity: NodePin.pin(ownAffinity, to: nodes, mark: nextMark), mark: nextMark)
    }

    /// The placement that the function has without reeve, on new pods.
    var placementByScheduler: Placement { Placement(affinity: ownAffinity, mark: nextMark) }

    /// The placement that was found.
    var placementFound: Placement { Placement(affinity: ownAffinity, mark: nil) }

    private var nextMark: String { "\(generation + 1)" }

    /// The strategic-merge patch that brings `placement` about without a pod missing; nil when it is there already. It
    /// holds for exactly this state of the object.
    func patch(to placement: Placement) -> JSONValue? {
        guard placement != self.placement else { return nil }
        var state = state ?? FoundState()
        state.affinity = FoundState.Replaced(found: ownAffinity, written: placement.affinity)
        var patch = noting(state)
        if RolloutStrategy(strategy, replicas: replicas) != .keepsServing {
            state.strategy = FoundState.Replaced(
                found: state.strategy?.own(present: strategy) ?? strategy, written: RolloutStrategy.whileMoving)
            patch = noting(state)
            patch[path: ["spec", "strategy"]] = Self.replacing(RolloutStrategy.whileMoving)
        }
        Self.set(placement, in: &patch)
        return patch
    }

    /// The patch that notes that reeve is about to change the number of pods to `replicas`; nil when that is noted, or
    /// is the number that was found.
    func patch(notingReplicas replicas: Int) -> JSONValue? {
        guard replicas != self.replicas || state?.replicas != nil else { return nil }
        var state = state ?? FoundState()
        let present = JSONValue.integer(Int64(self.replicas))
        state.replicas = FoundState.Replaced(
            found: state.replicas?.own(present: present) ?? present, written: .integer(Int64(replicas)))
        guard state != self.state else { return nil }
        return noting(state)
    }

    /// The patch that puts the pattern back to `old`, and nothing else yet: the exchange of pods that follows is to be
    /// as careful as the one that it undoes. Nil when it is no longer `new`: what somebody else made of it is theirs.
    func patch(from new: Placement, backTo old: Placement) -> JSONValue? {
        guard placement == new, new != old else { return nil }
        var patch = locked
        Self.set(old, in: &patch)
        return patch
    }

    /// The patch that clears up after a change: the strategy as it was found, and only `kept` noted any longer, which
    /// for nothing takes label and annotation off. Nil when that is so already.
    func patch(keeping kept: FoundState) -> JSONValue? {
        var kept = kept
        kept.strategy = nil
        guard let state, state != kept else { return nil }
        var patch: JSONValue
        if kept.isEmpty {
            patch = locked
            patch[path: ["metadata", "labels", ManagedNames.managedLabel]] = .null
            patch[path: ["metadata", "annotations", ManagedNames.foundAnnotation]] = .null
        } else {
            patch = noting(kept)
        }
        if let replaced = state.strategy, replaced.written == strategy {
            patch[path: ["spec", "strategy"]] = Self.replacing(replaced.found)
        }
        return patch
    }

    private func noting(_ state: FoundState) -> JSONValue {
        var patch = locked
        patch[path: ["metadata", "labels", ManagedNames.managedLabel]] = "true"
        patch[path: ["metadata", "annotations", ManagedNames.foundAnnotation]] = .string(state.text)
        return patch
    }

    /// Only for the state that was read: what was found is to be what is replaced.
    private var locked: JSONValue {
        ["metadata": ["resourceVersion": json[path: ["metadata", "resourceVersion"]] ?? .null]]
    }

    private static func set(_ placement: Placement, in patch: inout JSONValue) {
        patch[path: ["spec", "template", "spec", "affinity"]] = replacing(placement.affinity)
        patch[path: ["spec", "template", "metadata", "labels", ManagedNames.placementLabel]] =
            placement.mark.map { .string($0) } ?? .null
    }

    /// `value` in place of whatever stands there; null deletes.
    private static func replacing(_ value: JSONValue) -> JSONValue {
        guard case .object(var fields) = value else { return value }
        fields["$patch"] = "replace"
        return .object(fields)
    }
}
