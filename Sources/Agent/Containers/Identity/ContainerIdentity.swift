public import Topology

/// Which container a control group belongs to, as far as its path tells.
public struct ContainerIdentity: Hashable, Sendable {
    /// The pod's uid as the API server knows it, or the hash that the kubelet gives a static pod.
    public let podUID: String
    /// The container's id, 64 hexadecimal digits.
    public let containerID: String
    /// The pod's quality-of-service class.
    public let qosClass: PodQoSClass
    /// The runtime as the systemd driver's scope names it; nil where the path does not tell.
    public let runtime: ContainerRuntime?

    /// The identity behind the path of a container's own control group; nil for every other group: a QoS level's, a
    /// pod's, one that a container made below its own, and that of CRI-O's monitor.
    ///
    /// Two shapes are known, with anything in front (Kubernetes, pkg/kubelet/cm: `cgroup_manager_linux.go` and
    /// `qos_container_manager_linux.go`; a guaranteed pod has no QoS level):
    ///
    ///     cgroupfs driver:  kubepods[/burstable|/besteffort]/pod<uid>/[crio-]<id>
    ///     systemd driver:   [...-]kubepods[-burstable|-besteffort]-pod<uid, - written as _>.slice/<runtime>-<id>.scope
    public init?(cgroupPath: String) { self.init(cgroupPath: Array(cgroupPath.utf8)) }

    /// The same for a path of any bytes.
    public init?(cgroupPath: [UInt8]) {
        let components = cgroupPath.split(separator: UInt8(ascii: "/"))
        guard let last = components.last, let folder = components.dropLast().last else { return nil }
        if let slice = folder.droppingSuffix(".slice") {
            guard let scope = last.droppingSuffix(".scope"), let pod = Pod(slice: slice),
                let container = Container(scope: scope)
            else { return nil }
            self.init(pod, container)
        } else {
            guard let pod = Pod(folders: components.dropLast()), let container = Container(folder: last) else {
                return nil
            }
            self.init(pod, container)
        }
    }

    private init(_ pod: Pod, _ container: Container) {
        podUID = pod.uid
        qosClass = pod.qosClass
        containerID = container.id
        runtime = container.runtime
    }
}

/// What runs a node's containers.
public enum ContainerRuntime: String, Hashable, Sendable, CaseIterable {
    case containerd = "cri-containerd"
    case crio
    case docker
}

/// A pod as a group's path names it.
private struct Pod {
    let uid: String
    let qosClass: PodQoSClass

    /// From `kubepods-burstable-pod12_34` and the like. Only the uid's hyphens are escaped, so the last one ends the
    /// prefix.
    init?(slice name: ArraySlice<UInt8>) {
        guard let hyphen = name.lastIndex(of: UInt8(ascii: "-")),
            let escaped = name[(hyphen + 1)...].droppingPrefix("pod")
        else { return nil }
        var prefix = name[..<hyphen]
        var level: ArraySlice<UInt8>?
        if !prefix.endsWithName("kubepods", after: UInt8(ascii: "-")) {
            guard let hyphen = prefix.lastIndex(of: UInt8(ascii: "-")) else { return nil }
            level = prefix[(hyphen + 1)...]
            prefix = prefix[..<hyphen]
            guard prefix.endsWithName("kubepods", after: UInt8(ascii: "-")) else { return nil }
        }
        self.init(uid: escaped.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }[...], level: level)
    }

    /// From `kubepods/burstable/pod12-34` and the like, its components one by one.
    init?(folders: ArraySlice<ArraySlice<UInt8>>) {
        guard let uid = folders.last?.droppingPrefix("pod"), let above = folders.dropLast().last else { return nil }
        if above.isText("kubepods") {
            self.init(uid: uid, level: nil)
        } else {
            guard let root = folders.dropLast(2).last, root.isText("kubepods") else { return nil }
            self.init(uid: uid, level: above)
        }
    }

    private init?(uid: ArraySlice<UInt8>, level: ArraySlice<UInt8>?) {
        guard (1...Self.longestUID).contains(uid.count), uid.allSatisfy(\.isAlphanumericOrHyphen) else { return nil }
        switch level {
        case nil: qosClass = .guaranteed
        case let level? where level.isText("burstable"): qosClass = .burstable
        case let level? where level.isText("besteffort"): qosClass = .bestEffort
        default: return nil
        }
        self.uid = String(decoding: uid, as: UTF8.self)
    }

    /// Uids are 36 or 32 characters long; a static pod's manifest may give a longer one, within a file name's bounds.
    private static let longestUID = 128
}

/// A container as a group's path names it.
private struct Container {
    let id: String
    let runtime: ContainerRuntime?

    /// From `cri-containerd-<id>`; whatever else stands in front of the id is no container's scope.
    init?(scope name: ArraySlice<UInt8>) {
        guard let hyphen = name.lastIndex(of: UInt8(ascii: "-")),
            let runtime = ContainerRuntime.allCases.first(where: { name[..<hyphen].isText($0.rawValue) })
        else { return nil }
        self.init(id: name[(hyphen + 1)...], runtime: runtime)
    }

    /// From `<id>`, or `crio-<id>` as CRI-O writes it with both drivers.
    init?(folder name: ArraySlice<UInt8>) {
        if let id = name.droppingPrefix("crio-") {
            self.init(id: id, runtime: .crio)
        } else {
            self.init(id: name, runtime: nil)
        }
    }

    private init?(id: ArraySlice<UInt8>, runtime: ContainerRuntime?) {
        guard id.isContainerID else { return nil }
        self.id = String(decoding: id, as: UTF8.self)
        self.runtime = runtime
    }
}

extension ArraySlice<UInt8> {
    /// Whether these are 64 lower-case hexadecimal digits: 32 random bytes, as containerd, CRI-O and docker draw ids.
    var isContainerID: Bool {
        count == 64
            && allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    fileprivate func isText(_ text: String) -> Bool { elementsEqual(text.utf8) }

    fileprivate func droppingPrefix(_ prefix: String) -> Self? {
        starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
    }

    fileprivate func droppingSuffix(_ suffix: String) -> Self? {
        suffix.utf8.count <= count && self.suffix(suffix.utf8.count).isText(suffix) ? dropLast(suffix.utf8.count) : nil
    }

    /// Whether this is `name`, or ends with it right after a `separator`.
    fileprivate func endsWithName(_ name: String, after separator: UInt8) -> Bool {
        guard let rest = droppingSuffix(name) else { return false }
        return rest.isEmpty || rest.last == separator
    }
}

extension UInt8 {
    fileprivate var isAlphanumericOrHyphen: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) || self == UInt8(ascii: "-")
    }
}
