/// A pod's folder below the kubelet's `pods` folder of logs: `<namespace>_<pod>_<uid>` (Kubernetes,
/// `pkg/kubelet/kuberuntime/helpers.go`, BuildPodLogsDirectory).
struct PodLogFolder: Hashable, Sendable {
    let namespace, pod, uid: String

    /// The parts of a folder's name; nil when it has not three.
    init?(name: String) {
        // Names of namespaces and pods are DNS names, which have no underscore.
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        namespace = String(parts[0])
        pod = String(parts[1])
        uid = String(parts[2])
    }
}

/// A link in the kubelet's `containers` folder of logs: `<pod>_<namespace>_<container>-<container id>.log` (Kubernetes,
/// `pkg/kubelet/kuberuntime/legacy.go`). A name of more than 255 bytes is cut by the kubelet, and its id with it.
struct ContainerLogLink: Hashable, Sendable {
    let pod, namespace, container, containerID: String

    /// The parts of a link's name; nil when it has not all of them.
    init?(name: String) {
        guard name.hasSuffix(".log"), let hyphen = name.lastIndex(of: "-") else { return nil }
        let id = name[name.index(after: hyphen)...].dropLast(4)
        let parts = name[..<hyphen].split(separator: "_", omittingEmptySubsequences: false)
        guard Array(id.utf8)[...].isContainerID, parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        pod = String(parts[0])
        namespace = String(parts[1])
        container = String(parts[2])
        containerID = String(id)
    }
}
