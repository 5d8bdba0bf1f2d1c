import Topology

/// Why a pod is not resized, in one sentence.
struct ResizeRefusal: Error, Hashable, Sendable {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}

/// What a resize changes in one container, and what stood there.
///
/// Only limits that are there are changed, of CPU and memory alone, and only where that restarts nothing. In a pod whose
/// requests are its limits (class Guaranteed) they stay so; in others a request stays as it is, or becomes the limit where
/// that falls below it. Where the pod's class would change all the same, nothing is changed.
struct ResizePlan: Hashable, Sendable {
    /// The container's name in its pod.
    let container: String
    /// What stands there of that which is changed, and what shall.
    let found, granted: Pod.Resources

    /// Throws `ResizeRefusal` with the first thing that does not allow it.
    init(_ request: LeaseRequest, in pod: ResizablePod) throws(ResizeRefusal) {
        guard pod.metadata.deletionTimestamp == nil, pod.status.phase == "Running" else {
            throw ResizeRefusal("the pod is \(pod.status.phase ?? "in no known phase"), or on its way out")
        }
        guard pod.spec.resources == nil else { throw ResizeRefusal("the pod has limits for all its containers together") }
        guard let name = pod.name(of: request.containerID), let container = pod.container(name) else {
            throw ResizeRefusal("the pod has no such container any more")
        }
        let before = container.resources ?? Pod.Resources()
        let present = Self.quality(of: pod, replacing: name, by: before)
        var limits: [String: (found: Quantity, granted: Quantity)] = [:]
        var requests = limits
        for (kind, wanted) in Self.wanted(request) {
            guard let limit = before.limits?[kind] else { throw ResizeRefusal("the container has no limit of \(kind)") }
            let policy = container.resizePolicy?.first { $0.resourceName == kind }?.restartPolicy ?? "NotRequired"
            guard policy == "NotRequired" else {
                throw ResizeRefusal("a change of \(kind) restarts the container: its resizePolicy is \(policy)")
            }
            limits[kind] = (limit, wanted)
            guard let asked = before.requests?[kind], present == .guaranteed || asked > wanted else { continue }
            requests[kind] = (asked, wanted)
        }
        guard !limits.isEmpty else { throw ResizeRefusal("neither a CPU nor a memory limit is asked for") }
        let found = Pod.Resources(
            requests: requests.isEmpty ? nil : requests.mapValues(\.found), limits: limits.mapValues(\.found))
        let granted = Pod.Resources(
            requests: requests.isEmpty ? nil : requests.mapValues(\.granted), limits: limits.mapValues(\.granted))
        guard found != granted else { throw ResizeRefusal("the container has these limits already") }
        let after = Self.quality(of: pod, replacing: name, by: before.replacing(granted))
        guard after == present else {
            throw ResizeRefusal("the pod's class would become \(after.rawValue) and must stay \(present.rawValue)")
        }
        self.container = name
        self.found = found
        self.granted = granted
    }

    private static func wanted(_ request: LeaseRequest) -> [(kind: String, amount: Quantity)] {
        let cpu = request.cpuCores.map { ("cpu", Quantity(milli: Int64(($0 * 1_000).rounded()))) }
        let memory = request.memoryBytes.map { ("memory", Quantity(nano: Int128($0) * 1_000_000_000)) }
        return [cpu, memory].compactMap { $0 }
    }

    private static func quality(
        of pod: ResizablePod, replacing name: String, by resources: Pod.Resources
    ) -> QualityClass {
        QualityClass(
            of: pod.spec.containers.map { $0.name == name ? resources : $0.resources }
                + (pod.spec.initContainers ?? []).map(\.resources))
    }
}
