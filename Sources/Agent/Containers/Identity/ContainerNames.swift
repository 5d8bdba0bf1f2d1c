import KernelFiles

/// The names of a node's pods and containers, learnt from the names of the kubelet's log files: the one place on a
/// node where they stand beside uids and ids without a question to anybody.
///
/// A pod is found by its uid in the folder names below `pods`; these do not tell which of its containers, or its
/// sandbox, has which id, so a container's own name comes from the link with its id in `containers`.
struct ContainerNames {
    private var pods: WatchedFolder<PodLogFolder>
    private var containers: WatchedFolder<String>

    /// Names below `logRoot`, usually /var/log; none before the first `refresh`.
    init(logRoot: String) {
        pods = WatchedFolder(path: logRoot + "/pods")
        containers = WatchedFolder(path: logRoot + "/containers")
    }

    /// Reads those folders again that have changed since.
    mutating func refresh() {
        pods.refresh { name in PodLogFolder(name: name).map { ($0.uid, $0) } }
        containers.refresh { name in ContainerLogLink(name: name).map { ($0.containerID, $0.container) } }
    }

    /// The names of the pod with this uid.
    func pod(_ uid: String) -> PodLogFolder? { pods.entries[uid] }

    /// The name of the container with this id within its pod.
    func container(_ id: String) -> String? { containers.entries[id] }
}

/// What the names in a folder say, read again when the folder has changed.
private struct WatchedFolder<Entry> {
    private let path: String
    private(set) var entries: [String: Entry] = [:]
    private var readAt: FolderTime?
    private var isSettled = false

    init(path: String) { self.path = path }

    /// Time stamps are as coarse as a scheduler's tick: a name added in the tick of the last reading leaves none
    /// behind. So a folder is read until it is found with the time stamp that it had one reading before.
    mutating func refresh(_ entry: (String) -> (key: String, Entry)?) {
        let changedAt = FolderNames.changedAt(path)
        if isSettled, changedAt == readAt { return }
        isSettled = changedAt == readAt
        readAt = changedAt
        entries.removeAll(keepingCapacity: true)
        FolderNames.visit(path) { name, _ in
            if let found = entry(name) { entries[found.key] = found.1 }
        }
    }
}
