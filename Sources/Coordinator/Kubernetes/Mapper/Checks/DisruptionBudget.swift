/// A PodDisruptionBudget, as far as it is kept: which pods may be missing, by their owner's will.
struct DisruptionBudget: KubernetesObject, Hashable {
    let metadata: ObjectMetadata
    let spec: Spec
    let status: Status?

    struct Spec: Hashable, Sendable, Decodable {
        let selector: LabelSelector?
        /// A count, or a share in per cent.
        let minAvailable: JSONValue?
    }

    struct Status: Hashable, Sendable, Decodable {
        /// Pods that may be taken away now; left out when there are none.
        let disruptionsAllowed: Int?
    }

    /// Why pods labelled `labels` may not be exchanged now, in words that follow "because"; nil when they may.
    ///
    /// A move has a pod more, never one fewer; but it ends pods that serve, which is what a budget is there to bound.
    func objection(toExchangingPodsLabelled labels: [String: String]) -> String? {
        guard covers(labels), (status?.disruptionsAllowed ?? 0) < 1 else { return nil }
        return "PodDisruptionBudget \(metadata.name) allows none of its pods to be taken away now"
    }

    /// Why there may not be as few as `replicas` pods, in words that follow "because"; nil when there may.
    func objection(to replicas: Int, podsLabelled labels: [String: String]) -> String? {
        guard covers(labels), let least = spec.minAvailable?.whole, replicas < least else { return nil }
        return "PodDisruptionBudget \(metadata.name) wants at least \(least) pods"
    }

    /// An absent selector covers nothing; an empty one everything (policy/v1).
    private func covers(_ labels: [String: String]) -> Bool { spec.selector?.matches(labels) ?? false }
}

/// Which objects are meant, by their labels.
struct LabelSelector: Hashable, Sendable, Decodable {
    struct Requirement: Hashable, Sendable, Decodable {
        let key: String
        let `operator`: String
        let values: [String]?

        func matches(_ labels: [String: String]) -> Bool {
            let value = labels[key]
            let isListed = value.map { (values ?? []).contains($0) } ?? false
            switch `operator` {
            case "In": return isListed
            case "NotIn": return !isListed
            case "Exists": return value != nil
            case "DoesNotExist": return value == nil
            default: return false
            }
        }
    }

    let matchLabels: [String: String]?
    let matchExpressions: [Requirement]?

    /// Whether all that is asked for holds for `labels`.
    func matches(_ labels: [String: String]) -> Bool {
        (matchLabels ?? [:]).allSatisfy { labels[$0.key] == $0.value }
            && (matchExpressions ?? []).allSatisfy { $0.matches(labels) }
    }
}
