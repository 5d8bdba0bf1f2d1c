import Foundation
import TestSupport
import Testing

extension ClusterTests {
    /// Whether the control plane that tests are given behaves as they rely on: pods come and go, answer and are cut
    /// off, and faults are what they are called.
    @Suite("The control plane itself", .serialized)
    struct ControlPlaneTests {
        private let cluster: TestCluster
        private let name = "probe-\(UUID().uuidString.prefix(8).lowercased())"

        init() throws { cluster = try #require(TestCluster.current) }

        private func deploy(replicas: Int, annotations: [String: String] = [:]) throws {
            let labels = ["faas_function": name]
            let container: [String: Any] = ["name": name, "image": "none"]
            let object: [String: Any] = [
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": name, "namespace": "openfaas-fn"],
                "spec": [
                    "replicas": replicas, "selector": ["matchLabels": labels],
                    "template": [
                        "metadata": ["labels": labels, "annotations": annotations], "spec": ["containers": [container]],
                    ],
                ],
            ]
            let file = FileManager.default.temporaryDirectory.appending(path: "\(name).json")
            try JSONSerialization.data(withJSONObject: object).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            try cluster.kubectl("apply", "--validate=false", "-f", file.path)
        }

        private func roll() throws {
            try cluster.kubectl("-n", "openfaas-fn", "rollout", "status", "deployment/\(name)", "--timeout=300s")
        }

        private func remove() {
            _ = try? cluster.kubectl("-n", "openfaas-fn", "delete", "deployment", name, "--wait=false")
        }

        /// What `field` of the pods says, one by one.
        private func pods(_ field: String) throws -> [String] {
            try cluster.kubectl(
                "-n", "openfaas-fn", "get", "pods", "-l", "faas_function=\(name)", "-o",
                "jsonpath={range .items[*]}{\(field)}{\"\\n\"}{end}"
            ).split(separator: "\n").map(String.init)
        }

        /// The status of a request to `address`, or nil when nobody answers.
        private func ask(_ address: String, _ path: String = "/") throws -> String? {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "60",
                "http://\(address):8080\(path)",
            ]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let status = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return status == "000" ? nil : status
        }

        @Test func podsBecomeReadyAnswerAndAreCutOffWhenTheyEnd() async throws {
            defer { remove() }
            try deploy(replicas: 2)
            try roll()
            let addresses = try pods(".status.podIP")
            #expect(Set(addresses).count == 2)
            #expect(try pods(".spec.nodeName").allSatisfy { ["w01", "w02", "w03", "w04"].contains($0) })
            for address in addresses {
                #expect(try ask(address) == "200")
                #expect(try ask(address, "/?code=418") == "418")
            }
            try cluster.kubectl("-n", "openfaas-fn", "scale", "deployment", name, "--replicas=0")
            try await eventually("the pods are gone") { try pods(".metadata.name").isEmpty }
            try await eventually("nobody answers") { try addresses.allSatisfy { try ask($0) == nil } }
        }

        @Test func aPodIsAsSlowToStartAsItsAnnotationSays() throws {
            defer { remove() }
            try deploy(replicas: 1, annotations: ["test.reeve/start-seconds": "100000"])
            try cluster.kubectl(
                "-n", "openfaas-fn", "rollout", "status", "deployment/\(name)", "--timeout=60s", "--watch=false")
            #expect(try pods(".status.phase").allSatisfy { $0 == "Pending" })
        }

        @Test func nodesAndPodsHaveMetrics() async throws {
            defer { remove() }
            try deploy(replicas: 1)
            try roll()
            let pod = try #require(try pods(".metadata.name").first)
            let path = "/apis/metrics.k8s.io/v1beta1/namespaces/openfaas-fn/pods"
            try await eventually("the pod has metrics") { try cluster.kubectl("get", "--raw", path).contains(pod) }
            #expect(try cluster.kubectl("get", "--raw", "/apis/metrics.k8s.io/v1beta1/nodes").contains("w04"))
        }

        @Test func aRestartKeepsWhatThereIsAndPodsGoOn() async throws {
            defer { remove() }
            try deploy(replicas: 1)
            try roll()
            try cluster.inject(.restart(flags: ["--max-requests-inflight=100"]))
            let address = try #require(try pods(".status.podIP").first)
            #expect(try ask(address) == "200")
            try cluster.inject(.restart())
            try cluster.kubectl("-n", "openfaas-fn", "scale", "deployment", name, "--replicas=2")
            try roll()
            #expect(try pods(".status.podIP").count == 2)
        }

        @Test func aPauseStopsAnswersAndResumingBringsThemBack() throws {
            try cluster.inject(.pause)
            defer { try? cluster.inject(.resume) }
            #expect(throws: TestCluster.Failure.self) { try cluster.kubectl("get", "nodes", "--request-timeout=2s") }
            try cluster.inject(.resume)
            #expect(try cluster.kubectl("get", "nodes").contains("w01"))
        }

        @Test func afterACompactionOldVersionsAreGone() throws {
            let version = try cluster.kubectl(
                "get", "namespace", "default", "-o", "jsonpath={.metadata.resourceVersion}")
            try deploy(replicas: 0)
            remove()
            try cluster.inject(.compact)
            let path = "/api/v1/namespaces?resourceVersionMatch=Exact&limit=1&resourceVersion=\(version)"
            let failure = #expect(throws: TestCluster.Failure.self) { try cluster.kubectl("get", "--raw", path) }
            #expect(failure?.description.contains("(Expired)") == true)
        }

        @Test func usersHaveTheRightsTheyAreSaidToHave() throws {
            let coordinator = "--kubeconfig=\(cluster.kubeconfig(of: "coordinator"))"
            let nobody = "--kubeconfig=\(cluster.kubeconfig(of: "nobody"))"
            #expect(try cluster.kubectl("get", "nodes", coordinator).contains("w01"))
            #expect(throws: TestCluster.Failure.self) {
                try cluster.kubectl("get", "secrets", "-n", "openfaas-fn", coordinator)
            }
            #expect(throws: TestCluster.Failure.self) { try cluster.kubectl("get", "nodes", nobody) }
        }
    }
}
