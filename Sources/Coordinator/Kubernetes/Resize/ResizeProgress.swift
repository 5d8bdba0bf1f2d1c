/// How far the node of a pod has got with a resize.
enum ResizeProgress: Hashable {
    /// The container has what is wanted.
    case done
    /// Its node is at it, or has not seen it yet.
    case underWay
    /// Its node has no room for it now, and will try again.
    case deferred(String)
    /// It can never be, or has failed.
    case infeasible(String)

    /// What `pod` tells of the resize of its container `name` to `resources`. Since Kubernetes 1.33 that is in two
    /// conditions; what a container has is in its status.
    init(of name: String, to resources: Pod.Resources, in pod: ResizablePod) {
        if let pending = pod.condition("PodResizePending") {
            let words = [pending.reason, pending.message].compactMap { $0 }.joined(separator: ": ")
            self = pending.reason == "Infeasible" ? .infeasible(words) : .deferred(words)
        } else if let progress = pod.condition("PodResizeInProgress") {
            let words = [progress.reason, progress.message].compactMap { $0 }.joined(separator: ": ")
            self = progress.reason == "Error" ? .infeasible(words) : .underWay
        } else if let seen = pod.status.observedGeneration, let generation = pod.metadata.generation, seen < generation {
            self = .underWay
        } else {
            self = pod.actual(name)?.includes(resources) == true ? .done : .underWay
        }
    }
}
