import Cluster
import Foundation
import Kubernetes
import TestSupport
import Testing
import Topology

extension ClusterTests {
    @Suite("Pressure on nodes")
    struct InterferenceTests {
        private let w02 = NodeName("w02"), w04 = NodeName("w04")

        private func jobs(_ client: KubernetesClient, _ namespace: String) async throws -> [JSONValue] {
            let list: JSONValue = try await client.get(.jobs, named: "", in: namespace)
            return list["items"]?.elements ?? []
        }

        private func pods(_ client: KubernetesClient, _ namespace: String) async throws -> [Pod] {
            try await client.list(.pods, ObjectSelection(namespace: namespace, labels: "reeve.dev/interference=true"))
        }

        private func withInterference(
            _ body: (KubernetesInterference, KubernetesClient, String) async throws -> Void
        ) async throws {
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    try await body(
                        KubernetesInterference(
                            client: client, settings: .init(namespace: namespace, image: "stress-ng")), client,
                        namespace)
                }
            }
        }

        @Test func `a job on the node presses it, and another takes its place`() async throws {
            try await withInterference { interference, client, namespace in
                try await interference.press(try Interference(on: w02, cpu: 0.5, seconds: 600))
                try await eventually("the pod runs on its node") {
                    try await pods(client, namespace).map(\.spec.nodeName) == ["w02"]
                }
                let job = try #require(try await jobs(client, namespace).first)
                let pod = try #require(job[path: ["spec", "template", "spec"]])
                let container = try #require(pod["containers"]?.elements?.first)
                // Eight cores, each at half load.
                #expect(
                    container["command"]?.elements?.compactMap(\.text) == [
                        "stress-ng", "--timeout", "600s", "--cpu", "8", "--cpu-load", "50",
                    ])
                #expect(container[path: ["resources", "limits", "cpu"]]?.text == "4")
                #expect(job[path: ["spec", "activeDeadlineSeconds"]]?.whole == 600)
                #expect(try await interference.pressures() == [try Interference(on: w02, cpu: 0.5, seconds: 600)])

                let other = try Interference(on: w02, cache: 0.25, memory: 0.1, seconds: 60)
                try await interference.press(other)
                try await interference.press(try Interference(on: w04, cpu: 1, seconds: 60))
                #expect(
                    try await interference.pressures() == [other, try Interference(on: w04, cpu: 1, seconds: 60)])
                #expect(try await interference.relieve(w02) == [w02])
                #expect(try await interference.relieve(w02).isEmpty)
                #expect(try await interference.relieve(nil) == [w04])
                try await eventually("nothing is left") {
                    let (jobs, pods) = (try await jobs(client, namespace), try await pods(client, namespace))
                    return jobs.isEmpty && pods.isEmpty
                }
            }
        }

        @Test func `it ends by itself, whoever asked for it`() async throws {
            try await withInterference { interference, client, namespace in
                try await interference.press(try Interference(on: w04, cpu: 0.5, seconds: 1))
                // The cluster takes the pod away at the deadline, unless stress-ng has come to its end before; one that has
                // stays to be looked at.
                try await eventually("the time is over") {
                    let (pressures, pods) = (try await interference.pressures(), try await pods(client, namespace))
                    return pressures.isEmpty && pods.allSatisfy { ["Succeeded", "Failed"].contains($0.status.phase) }
                }
                #expect(try await interference.relieve(nil).isEmpty)
                #expect(try await jobs(client, namespace).isEmpty, "what has ended is cleared away")
                try await eventually("its pod goes with it") { try await pods(client, namespace).isEmpty }
            }
        }

        @Test func `a node that is not there, and one that may not be pressed, are named`() async throws {
            try await withInterference { interference, _, namespace in
                let order = try Interference(on: NodeName("w09"), cpu: 0.5, seconds: 60)
                let unknown = await #expect(throws: ClusterError.self) { try await interference.press(order) }
                #expect(unknown?.code == .unknownSubject)
                #expect(unknown?.description.contains("w09") == true)
                try await withClient("nobody") { client in
                    let denied = KubernetesInterference(
                        client: client, settings: .init(namespace: namespace, image: "stress-ng"))
                    let refused = await #expect(throws: ClusterError.self) { try await denied.pressures() }
                    #expect(refused?.code == .refused)
                    #expect(refused?.description.contains("jobs") == true, "\(String(describing: refused))")
                    let imageless = KubernetesInterference(
                        client: client, settings: .init(namespace: namespace, image: nil))
                    let bare = await #expect(throws: ClusterError.self) { try await imageless.press(order) }
                    #expect(bare?.description.contains("cluster.stressImage") == true)
                }
            }
        }
    }
}

/// What can be asked for at all.
@Suite struct InterferenceOrderTests {
    @Test(arguments: [
        (0.0, 0.0, 0.0, 60, "there is no pressure to put on w01"), (1.2, 0, 0, 60, "cpu is 120.0 %"),
        (0.5, -0.1, 0, 60, "cache is -10.0 %"), (0.5, 0, .nan, 60, "memory is nan %"),
        (0.5, 0, 0, 0, "pressure cannot last 0 s: allowed are 1 s to a day"),
    ])
    func whatCannotBeIsRefused(cpu: Double, cache: Double, memory: Double, seconds: Int, beginning: String) {
        let error = #expect(throws: ClusterError.self) {
            try Interference(on: NodeName("w01"), cpu: cpu, cache: cache, memory: memory, seconds: seconds)
        }
        #expect(error?.description.hasPrefix(beginning) == true, "\(String(describing: error))")
    }
}
