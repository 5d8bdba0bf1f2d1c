/// Whether pods may go to a node at all, before anything is tried: what their owners and the node's have laid down.
/// Whether there is room is for the scheduler to say.
enum PlacementCheck {
    /// Why pods made after `template` may not go to the node `name`, in words that follow "because"; nil when they may.
    static func objection(to template: JSONValue, on node: Node?, named name: String) -> String? {
        guard let node else { return "there is no node \(name)" }
        guard node.isReady else { return "node \(name) is not ready" }
        if node.spec.unschedulable == true { return "node \(name) is cordoned" }
        let tolerations = (template["tolerations"]?.elements ?? []).map(Toleration.init)
        let barring = (node.spec.taints ?? []).first { taint in
            taint.effect != "PreferNoSchedule" && !tolerations.contains { $0.tolerates(taint) }
        }
        if let barring {
            let value = barring.value.map { "=\($0)" } ?? ""
            return "node \(name) has the taint \(barring.key)\(value):\(barring.effect), which its pods do not tolerate"
        }
        let labels = node.metadata.labels ?? [:]
        let wanted = template["nodeSelector"]?.fields ?? [:]
        let missing = wanted.filter { labels[$0.key] != $0.value.text }.keys.min()
        return missing.map { key in
            "its nodeSelector wants \(key)=\(wanted[key]?.text ?? ""), which node \(name) does not have"
        }
    }

    /// Why `deployment` is not to be changed at all, in words that follow "because"; nil when it may be.
    static func objection(toChanging deployment: ManagedDeployment) -> String? {
        if deployment.json[path: ["metadata", "deletionTimestamp"]] != nil { return "it is being deleted" }
        if deployment.json[path: ["spec", "paused"]] == true { return "its rollout is paused" }
        return nil
    }

    /// Why the pods of `deployment` cannot be exchanged without a gap, in words that follow "because"; nil when they
    /// can.
    ///
    /// A strategy that lets pods go early is set aside for as long as the move lasts, for it is mostly the default that
    /// nobody chose. "Recreate" is always chosen, and says that old and new pods must never run side by side, which is
    /// what a move without a gap does: that is refused.
    static func objection(toExchanging deployment: ManagedDeployment) -> String? {
        guard RolloutStrategy(deployment.strategy, replicas: deployment.replicas) == .recreates else { return nil }
        return "its strategy is Recreate, under which its old pod must be gone before the new one comes; "
            + "give it RollingUpdate to have it moved"
    }
}
