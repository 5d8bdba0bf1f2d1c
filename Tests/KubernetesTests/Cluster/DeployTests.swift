import Cluster
import Foundation
import Kubernetes
import Logging
import TestSupport
import Testing
import Topology

extension ClusterTests {
    /// The rights that deploy/rbac.yaml gives, on the real control plane.
    @Suite("The coordinator's rights", .serialized)
    struct DeployTests {
        private static let account = "system:serviceaccount:reeve:reeve-coordinator"

        private let cluster: TestCluster
        private let folder: TemporaryFolder
        private let audit: AuditLog
        private let f = FunctionName("f")

        init() throws {
            cluster = try #require(TestCluster.current)
            folder = try TemporaryFolder()
            audit = try AuditLog(cluster, of: Self.account)
        }

        /// Gives the coordinator its rights over `namespace` as the installation page says, and returns its kubeconfig.
        private func install(for namespace: String) async throws -> String {
            try kubectl("apply", "rbac.yaml", namespace)
            for right in [["list", "nodes"], ["create", "leases", "-n", namespace]] {
                try await eventually("the rights have come into force") {
                    (try? cluster.kubectl(["auth", "can-i", "--as", Self.account] + right)) != nil
                }
            }
            try folder.write(try cluster.output(ofScript: "deploy/kubeconfig.sh"), to: "kubeconfig")
            return "\(folder.path)/kubeconfig"
        }

        /// Applies, or deletes, a manifest of deploy for `namespace`.
        private func kubectl(_ verb: String, _ manifest: String, _ namespace: String) throws {
            let text = try String(contentsOf: TestCluster.root.appending(path: "deploy/\(manifest)"), encoding: .utf8)
            try folder.write(text.replacing("openfaas-fn", with: namespace), to: manifest)
            let options = verb == "apply" ? ["--validate=false"] : ["--ignore-not-found"]
            try cluster.kubectl([verb, "-f", "\(folder.path)/\(manifest)"] + options)
        }

        /// Runs `body` with an administrator's client, one that has the coordinator's rights, and their namespace.
        private func withCoordinator(
            _ body: (KubernetesClient, KubernetesClient, String) async throws -> Void
        ) async throws {
            try await withClient { admin in
                try await withNamespace(admin) { namespace in
                    let kubeconfig = try await install(for: namespace)
                    try await eventually("the namespace has its service account") {
                        await refusal { () throws(KubernetesError) in
                            try await admin.get(
                                ResourceKind(plural: "serviceaccounts"), named: "default", in: namespace,
                                as: MetadataOnly.self)
                        } == nil
                    }
                    try await withClient(kubeconfig: kubeconfig) { try await body(admin, $0, namespace) }
                    for manifest in ["pressure.yaml", "rbac.yaml"] { try kubectl("delete", manifest, namespace) }
                }
            }
        }

        @Test func `they are enough for all that is done, and there is none that is not used`() async throws {
            try await withCoordinator { admin, client, namespace in
                // Definitions that a cluster may have or not, and that are only asked for where they are.
                let object: JSONValue = ["metadata": ["name": "others"]]
                let (vertical, scaled) = (ResourceKind.verticalAutoscalers, ResourceKind.scaledObjects)
                try await withDefinition(admin, namespace, vertical, kind: "VerticalPodAutoscaler", object) {
                    try await withDefinition(admin, namespace, scaled, kind: "ScaledObject", object) {
                        try await work(admin, client, namespace)
                    }
                }
                try await lead(client, namespace)
                let requests = try audit.requests().filter { !$0.subject.hasPrefix("/") }
                #expect(requests.allSatisfy { ![401, 403].contains($0.status) }, "\(requests)")
                let used = Set(requests.map { "\($0.verb) \($0.subject)" })
                #expect(used == (try await rights(client, namespace)))
            }
        }

        /// Does to functions all that a coordinator does to them.
        private func work(
            _ admin: KubernetesClient, _ client: KubernetesClient, _ namespace: String
        ) async throws {
            let mapper = FunctionMapper(
                client: client, settings: MapperSettings(namespace: namespace), logger: Logger(label: "test"))
            let running = Task { await mapper.run() }
            defer { running.cancel() }
            try await admin.create(.deployments, deployment("f", replicas: 1), in: namespace)
            try await eventually("f serves") { (try? await mapper.observe())?.readyReplicas[f] == 1 }
            try await mapper.move([f], to: NodeName("w01"))
            try await mapper.scale([f], to: 2)
            try await mapper.spread([f], over: [NodeName("w02"), NodeName("w03")])
            _ = try await mapper.reschedule([f])
            #expect(try await mapper.release() == [f])
            let events: [WholeEvent] = try await admin.list(
                .events, ObjectSelection(namespace: namespace, fields: "involvedObject.kind=Deployment,source=reeve"))
            let told = Set(events.map(\.message))
            #expect(told.contains("moving f to w01: every pod serves"), "\(told)")
            #expect(told.contains("scaling f to 2: every pod serves"))
        }

        private struct WholeEvent: KubernetesObject {
            let metadata: ObjectMetadata
            let message: String
        }

        /// Is elected on the Lease that the manifest names, and renews it.
        private func lead(_ client: KubernetesClient, _ namespace: String) async throws {
            let elector = LeaseElector(
                try LeaseElectionSettings(
                    namespace: namespace, name: "reeve-coordinator", identity: "one", retryMilliseconds: 100),
                client: client, logger: Logger(label: "test"))
            let running = Task { await elector.run() }
            defer { running.cancel() }
            try await eventually("it leads") { elector.isLeader }
            try await eventually("it has renewed") {
                try audit.requests().contains { $0.verb == "update" && $0.subject == "leases.coordination.k8s.io" }
            }
        }

        /// What the server says that may be done in `namespace`, but for asking what may be done.
        private func rights(_ client: KubernetesClient, _ namespace: String) async throws -> Set<String> {
            let reviews = ResourceKind(
                group: "authorization.k8s.io", plural: "selfsubjectrulesreviews", isNamespaced: false)
            let review: JSONValue = [
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
                "spec": ["namespace": .string(namespace)],
            ]
            let answer: JSONValue = try await client.create(reviews, review)
            let rules = try #require(answer[path: ["status", "resourceRules"]]?.elements)
            let texts = { (rule: JSONValue, key: String) in (rule[key]?.elements ?? []).compactMap(\.text) }
            let all = rules.flatMap { rule in
                texts(rule, "apiGroups").filter { $0 != "authorization.k8s.io" }.flatMap { group in
                    texts(rule, "resources").flatMap { resource in
                        let (kind, part) = (resource.prefix { $0 != "/" }, resource.drop { $0 != "/" })
                        return texts(rule, "verbs").map { "\($0) \(kind)\(group.isEmpty ? "" : ".\(group)")\(part)" }
                    }
                }
            }
            return Set(all)
        }

        @Test func `everything else is denied`() async throws {
            try await withCoordinator { admin, client, namespace in
                try await admin.create(.deployments, deployment("f", replicas: 0), in: namespace)
                let denied: [(String, () async throws(KubernetesError) -> Void)] = [
                    ("make functions", { () throws(KubernetesError) in
                        try await client.create(.deployments, deployment("g", replicas: 0), in: namespace)
                    }),
                    ("delete functions", { () throws(KubernetesError) in
                        try await client.delete(.deployments, named: "f", in: namespace)
                    }),
                    ("delete pods", { () throws(KubernetesError) in
                        try await client.delete(.pods, named: "p", in: namespace)
                    }),
                    ("read secrets", { () throws(KubernetesError) in
                        _ = try await client.list(
                            ResourceKind(plural: "secrets"), ObjectSelection(namespace: namespace),
                            as: MetadataOnly.self)
                    }),
                    ("cordon nodes", { () throws(KubernetesError) in
                        try await client.patch(
                            .nodes, named: "w01", with: .merge(["spec": ["unschedulable": true]]), dryRun: true)
                    }),
                    ("touch another's lease", { () throws(KubernetesError) in
                        _ = try await client.get(.leases, named: "other", in: namespace, as: LeaseObject.self)
                    }),
                    ("see another namespace", { () throws(KubernetesError) in
                        _ = try await client.list(.pods, ObjectSelection(namespace: "openfaas-fn"), as: Pod.self)
                    }),
                ]
                for (what, attempt) in denied {
                    let error = await refusal(attempt)
                    #expect(error?.code == .forbidden, "\(what): \(error as Any)")
                    #expect(error?.description.contains(Self.account) == true)
                }
            }
        }

        @Test func `pressure takes rights of its own, all of which are used`() async throws {
            try await withCoordinator { _, client, namespace in
                let interference = KubernetesInterference(
                    client: client, settings: .init(namespace: namespace, image: "stress-ng"))
                let pressure = try Interference(on: NodeName("w04"), cpu: 0.5, seconds: 600)
                let denied = await #expect(throws: ClusterError.self) { try await interference.press(pressure) }
                #expect(denied?.description.contains("is forbidden") == true, "\(denied as Any)")
                let before = try await rights(client, namespace)
                try kubectl("apply", "pressure.yaml", namespace)
                try await eventually("the rights have come into force") {
                    (try? await interference.press(pressure)) != nil
                }
                #expect(try await interference.pressures() == [pressure])
                #expect(try await interference.relieve(nil) == [pressure.node])
                let used = Set(
                    try audit.requests().filter { (200..<300).contains($0.status) }.map { "\($0.verb) \($0.subject)" })
                let more = try await rights(client, namespace).subtracting(before)
                #expect(!more.isEmpty && more.isSubset(of: used), "\(more) \(used)")
            }
        }

        @Test func `the example functions serve as they are, and are all that the example workflows call`()
            async throws
        {
            try await MapperBench.run { bench in
                // The stand-in for kubelets runs any image, so their names and their readiness are what is seen here.
                try cluster.kubectl(
                    "-n", bench.namespace, "apply", "--validate=false", "-f",
                    TestCluster.root.appending(path: "deploy/examples/video.yaml").path)
                let workflows = try FileManager.default.contentsOfDirectory(
                    at: TestCluster.root.appending(path: "examples/workflows"), includingPropertiesForKeys: nil)
                let called = try workflows.filter { $0.pathExtension == "yaml" }.flatMap { file in
                    try String(contentsOf: file, encoding: .utf8).matches(of: /function: *([a-z0-9-]+)/).map {
                        FunctionName(String($0.1))
                    }
                }
                try await eventually("every function serves") {
                    try await bench.mapper.observe().replicas.filter { $0.value == 1 }.count == 9
                }
                let replicas = try await bench.mapper.observe().replicas
                #expect(!called.isEmpty && Set(called).isSubset(of: replicas.keys))
                try await bench.mapper.move([FunctionName("framer")], to: NodeName("w03"))
                #expect(try await bench.mapper.observe().assignment[FunctionName("framer")] == NodeName("w03"))
            }
        }

        @Test func `without them a coordinator names what it may not, once, and changes nothing`() async throws {
            let log = LogRecord()
            var logger = Logger(label: "test")
            logger.handler = RecordingLogHandler(record: log)
            try await withClient("nobody") { client in
                let mapper = FunctionMapper(
                    client: client, settings: MapperSettings(namespace: "openfaas-fn", observeSeconds: 1),
                    logger: logger)
                let running = Task { await mapper.run() }
                defer { running.cancel() }
                try await eventually("all three watches have been refused") { log.warnings.count >= 3 }
                let error = await #expect(throws: ClusterError.self) { try await mapper.move([f], to: NodeName("w01")) }
                #expect(error?.code == .unreachable)
                #expect(error?.description.contains("is forbidden") == true, "\(error as Any)")
                running.cancel()
                await running.value
            }
            #expect(log.warnings.count == 3, "once for each of nodes, deployments and pods: \(log.warnings)")
        }
    }
}
