import Foundation
import Testing
import Topology

@testable import Containers

@Suite("Names of pods and containers")
struct NameTests {
    static let id = String(repeating: "0123456789abcdef", count: 4)

    @Test func `a pod's folder of logs tells namespace, pod and uid`() throws {
        let folder = try #require(PodLogFolder(name: "default_framer-6c7f9d5d4b-x2k9p_3f2a4c1e-7b0d"))
        #expect(
            folder.namespace == "default" && folder.pod == "framer-6c7f9d5d4b-x2k9p" && folder.uid == "3f2a4c1e-7b0d")
    }

    @Test(arguments: ["", "_", "__", "a_b", "a_b_", "_b_c", "a__c", "a_b_c_d", "lost+found"])
    func `another folder tells nothing`(name: String) {
        #expect(PodLogFolder(name: name) == nil)
    }

    @Test func `a link in the folder of containers tells which id has which name`() throws {
        let link = try #require(ContainerLogLink(name: "framer-6c7f9d5d4b-x2k9p_default_side-car-\(Self.id).log"))
        #expect(link.pod == "framer-6c7f9d5d4b-x2k9p" && link.namespace == "default")
        #expect(link.container == "side-car" && link.containerID == Self.id)
    }

    @Test(arguments: [
        "", ".log", "-.log", "a_b_c-\(id)", "a_b_c-\(id.dropLast()).log", "a_b-\(id).log", "a_b_-\(id).log",
        "a_b_c-\(id.dropLast(4)).log", "a_b_c_\(id).log",
    ])
    func `another link tells nothing`(name: String) {
        #expect(ContainerLogLink(name: name) == nil)
    }

    @Test(arguments: [
        ("framer-6c7f9d5d4b-x2k9p", "framer"), ("video-framer-v2-5b6f8c9d7-zzzzz", "video-framer-v2"),
        ("f-bcdf45-bbbbb", "f"), ("a-b-c-4444444444-99999", "a-b-c"),
    ])
    func `a replica's name tells its function`(pod: String, function: String) {
        #expect(FunctionName(pod: pod) == FunctionName(function))
    }

    @Test(arguments: [
        // A StatefulSet's, a DaemonSet's, a static pod's, a bare pod's.
        "database-0", "kube-proxy-x2k9p", "kube-apiserver-master-1", "framer",
        // A hash too short, too long or with a character that no digit becomes; a suffix too short, too long or with a
        // vowel.
        "framer-6c7f9-x2k9p", "framer-6c7f9d5d4b4-x2k9p", "framer-6c7f9d5d4g-x2k9p", "framer-6c7f9d5d4b-x2k9",
        "framer-6c7f9d5d4b-x2k9pp", "framer-6c7f9d5d4b-a2k9p", "-6c7f9d5d4b-x2k9p", "6c7f9d5d4b-x2k9p",
        "--6c7f9d5d4b-x2k9p",
        "", "-", "--",
        // 63 characters: the middle may have been cut.
        String(repeating: "a", count: 46) + "-6c7f9d5d4b-x2k9p",
    ])
    func `another name tells no function`(pod: String) {
        #expect(FunctionName(pod: pod) == nil)
    }

    @Test func `names are learnt as folders appear and forgotten as they go`() throws {
        let files = FileManager.default
        let root = files.temporaryDirectory.appendingPathComponent("reeve-logs-\(UUID().uuidString)")
        defer { try? files.removeItem(at: root) }
        var names = ContainerNames(logRoot: root.path)
        names.refresh()
        #expect(names.pod("u1") == nil)

        func make(_ folder: String) throws {
            try files.createDirectory(at: root.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        try make("pods/default_p1_u1/main")
        try make("containers")
        names.refresh()
        #expect(names.pod("u1")?.pod == "p1" && names.container(Self.id) == nil)

        try Data().write(to: root.appendingPathComponent("containers/p1_default_main-\(Self.id).log"))
        try make("pods/default_p2_u2")
        names.refresh()
        #expect(names.pod("u2")?.pod == "p2" && names.container(Self.id) == "main")
        // Nothing changes: what is known stays, however often it is asked.
        for _ in 0..<3 { names.refresh() }
        #expect(names.pod("u2")?.pod == "p2" && names.container(Self.id) == "main")

        try files.removeItem(at: root.appendingPathComponent("pods/default_p1_u1"))
        names.refresh()
        names.refresh()
        #expect(names.pod("u1") == nil && names.pod("u2") != nil)
        try files.removeItem(at: root)
        names.refresh()
        #expect(names.pod("u2") == nil && names.container(Self.id) == nil)
    }

    @Test func `a name that comes within the time stamp of the last reading is not missed`() throws {
        let files = FileManager.default
        let root = files.temporaryDirectory.appendingPathComponent("reeve-logs-\(UUID().uuidString)")
        defer { try? files.removeItem(at: root) }
        let pods = root.appendingPathComponent("pods")
        try files.createDirectory(at: pods.appendingPathComponent("a_b_u1"), withIntermediateDirectories: true)
        let stamp = Date(timeIntervalSince1970: 1_000_000)
        try files.setAttributes([.modificationDate: stamp], ofItemAtPath: pods.path)
        var names = ContainerNames(logRoot: root.path)
        names.refresh()
        try files.createDirectory(at: pods.appendingPathComponent("a_b_u2"), withIntermediateDirectories: false)
        try files.setAttributes([.modificationDate: stamp], ofItemAtPath: pods.path)
        names.refresh()
        #expect(names.pod("u2") != nil)
    }
}
