import Containers
import Measures
import Testing
import Topology

@Suite("Containers in group paths")
struct ContainerIdentityTests {
    static let uid = "3f2a4c1e-7b0d-4a55-9e61-0c8d5f1b2a90"
    static let escaped = "3f2a4c1e_7b0d_4a55_9e61_0c8d5f1b2a90"
    static let hash = "0123456789abcdef0123456789abcdef"
    static let id = hash + hash

    struct Case: Sendable, CustomTestStringConvertible {
        let path: String
        let uid: String
        let qosClass: PodQoSClass
        let runtime: ContainerRuntime?
        var testDescription: String { path }
    }

    static let containers: [Case] = [
        Case(path: "/kubepods/burstable/pod\(uid)/\(id)", uid: uid, qosClass: .burstable, runtime: nil),
        Case(path: "kubepods/besteffort/pod\(uid)/\(id)", uid: uid, qosClass: .bestEffort, runtime: nil),
        Case(path: "/kubepods/pod\(uid)/\(id)", uid: uid, qosClass: .guaranteed, runtime: nil),
        Case(path: "/kubepods/pod\(uid)/crio-\(id)", uid: uid, qosClass: .guaranteed, runtime: .crio),
        Case(path: "/kubepods/burstable/pod\(hash)/\(id)", uid: hash, qosClass: .burstable, runtime: nil),
        Case(path: "/docker/\(id)/kubelet/kubepods/pod\(uid)/\(id)", uid: uid, qosClass: .guaranteed, runtime: nil),
        Case(
            path:
                "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod\(escaped).slice/cri-containerd-\(id).scope",
            uid: uid, qosClass: .burstable, runtime: .containerd),
        Case(
            path: "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod\(escaped).slice/crio-\(id).scope",
            uid: uid, qosClass: .bestEffort, runtime: .crio),
        Case(
            path: "/kubepods.slice/kubepods-pod\(escaped).slice/docker-\(id).scope", uid: uid, qosClass: .guaranteed,
            runtime: .docker),
        Case(
            path:
                "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod\(escaped).slice/cri-containerd-\(id).scope",
            uid: uid, qosClass: .guaranteed, runtime: .containerd),
        Case(
            path: "kubelet-kubepods-burstable-pod\(escaped).slice/cri-containerd-\(id).scope", uid: uid,
            qosClass: .burstable, runtime: .containerd),
        Case(
            path: "kubepods-burstable-pod\(hash).slice/crio-\(id).scope", uid: hash, qosClass: .burstable,
            runtime: .crio),
        Case(path: "//kubepods//pod\(uid)//\(id)//", uid: uid, qosClass: .guaranteed, runtime: nil),
    ]

    @Test(arguments: containers)
    func `a container's path tells who it is`(_ expected: Case) throws {
        let identity = try #require(ContainerIdentity(cgroupPath: expected.path))
        #expect(identity.podUID == expected.uid)
        #expect(identity.containerID == Self.id)
        #expect(identity.qosClass == expected.qosClass)
        #expect(identity.runtime == expected.runtime)
    }

    static let others = [
        "", "/", "///", "/kubepods", "/kubepods/burstable", "/kubepods/burstable/pod\(uid)", "/kubepods.slice",
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod\(escaped).slice",
        // Below a container's own group, as crun and systemd in containers make them.
        "/kubepods/burstable/pod\(uid)/\(id)/init.scope",
        "/kubepods.slice/kubepods-pod\(escaped).slice/crio-\(id).scope/container",
        // CRI-O's monitor, and a scope of nobody known.
        "/kubepods.slice/kubepods-pod\(escaped).slice/crio-conmon-\(id).scope",
        "/kubepods.slice/kubepods-pod\(escaped).slice/libpod-\(id).scope",
        "/kubepods.slice/kubepods-pod\(escaped).slice/\(id).scope",
        "/kubepods.slice/kubepods-pod\(escaped).slice/\(id)",
        // Ids and uids that are none.
        "/kubepods/pod\(uid)/\(hash)", "/kubepods/pod\(uid)/\(id)0", "/kubepods/pod\(uid)/\(id.uppercased())",
        "/kubepods/pod\(uid)/g\(id.dropFirst())", "/kubepods/pod/\(id)", "/kubepods/pod\(uid).x/\(id)",
        "/kubepods/pod\(String(repeating: "a", count: 129))/\(id)", "/kubepods/\(uid)/\(id)",
        "/kubepods.slice/kubepods-pod.slice/crio-\(id).scope",
        "/kubepods.slice/kubepods-x\(escaped).slice/crio-\(id).scope",
        // Other levels and roots.
        "/kubepods/guaranteed/pod\(uid)/\(id)", "/kubepods/a/burstable/pod\(uid)/\(id)",
        "/pods/burstable/pod\(uid)/\(id)",
        "/notkubepods/pod\(uid)/\(id)", "notkubepods-pod\(escaped).slice/crio-\(id).scope",
        "kubepods-silver-pod\(escaped).slice/crio-\(id).scope", "-pod\(escaped).slice/crio-\(id).scope",
        "pod\(escaped).slice/crio-\(id).scope", "\(id)", "/docker/\(id)", "/system.slice/docker-\(id).scope",
        ".slice/.scope",
        "/kubepods/pod\(uid)/crio-conmon-\(id)", "/kubepods/pod\u{e9}/\(id)", "/kubepods/pod\(uid)\0/\(id)",
    ]

    @Test(arguments: others)
    func `every other path is no container's`(path: String) {
        #expect(ContainerIdentity(cgroupPath: path) == nil)
    }

    @Test func `no bytes, however mutated, break the parsers, and what they tell is never empty`() {
        var random = SeededRandom(seed: 1, stream: "group paths")
        let originals = (Self.containers.map(\.path) + Self.others).map { Array($0.utf8) }
        var identities = 0
        for _ in 0..<200_000 {
            var bytes = originals[random.index(below: originals.count)]
            for _ in 0..<1 + random.index(below: 3) {
                let place = random.index(below: bytes.count + 1)
                switch random.index(below: 4) {
                case 0: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                case 1: bytes.removeSubrange(place...)
                case 2:
                    let other = originals[random.index(below: originals.count)]
                    bytes.insert(contentsOf: other.prefix(random.index(below: other.count + 1)), at: place)
                default: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.index(below: 8)) }
                }
            }
            guard let identity = ContainerIdentity(cgroupPath: bytes) else { continue }
            identities += 1
            #expect(
                !identity.podUID.isEmpty && identity.podUID.utf8.count <= 128 && identity.containerID.utf8.count == 64)
        }
        // Both ways were gone, else the mutations prove nothing.
        #expect(identities > 1_000 && identities < 190_000)
    }
}
