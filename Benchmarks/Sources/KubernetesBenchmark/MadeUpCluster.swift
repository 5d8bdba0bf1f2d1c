import Foundation
import Kubernetes

/// Nodes and pods as large as those of a cluster that is used, written to the real API server; no kubelet stands behind
/// them.
struct MadeUpCluster: Sendable {
    static let nodes = 5_000
    static let pods = 20_000
    static let functions = 400
    private static let writers = 32

    let client: KubernetesClient

    /// Writes everything.
    func write() async throws {
        try await each(Self.nodes, "nodes") { try await client.create(.nodes, Self.node($0)) }
        try await each(Self.functions, "deployments") {
            try await client.create(.deployments, Self.deployment($0), in: KubernetesBenchmark.namespace)
        }
        try await each(Self.pods, "pods") {
            try await client.create(.pods, Self.pod($0), in: KubernetesBenchmark.namespace)
            try await client.patch(
                .pods, named: Self.podName($0), in: KubernetesBenchmark.namespace, subresource: "status",
                with: .strategicMerge(["status": Self.status(of: $0)]))
        }
    }

    /// Changes the pod `number`, as a kubelet does that tells of a restart; `turn` makes it another change each time.
    func touch(_ number: Int, turn: Int) async throws {
        try await client.patch(
            .pods, named: Self.podName(number), in: KubernetesBenchmark.namespace, subresource: "status",
            with: .merge(["status": ["message": .string("\(turn)")]]))
    }

    private func each(
        _ count: Int, _ what: String, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let start = Date()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<Self.writers {
                group.addTask {
                    for number in stride(from: writer, to: count, by: Self.writers) { try await body(number) }
                }
            }
            try await group.waitForAll()
        }
        print("\(count) \(what) written in \(Int(Date().timeIntervalSince(start))) s")
    }

    static func podName(_ number: Int) -> String { "\(function(of: number))-5d4c9b7f6d-\(suffix(number))" }
    private static func function(of pod: Int) -> String { "function-\(pod % functions)" }
    /// Five letters and digits, as a ReplicaSet appends.
    private static func suffix(_ number: Int) -> String {
        String(String(number + 36 * 36 * 36 * 36, radix: 36).suffix(5))
    }

    private static let moment: JSONValue = "2026-01-02T03:04:05Z"

    private static func condition(_ type: String, _ status: String, _ reason: String) -> JSONValue {
        [
            "type": .string(type), "status": .string(status), "reason": .string(reason),
            "message": .string("kubelet has something to say about \(type)"), "lastTransitionTime": moment,
        ]
    }

    /// A node with the labels, conditions and images that a node has.
    private static func node(_ number: Int) -> JSONValue {
        let name = "made-up-\(number)"
        let room: JSONValue = [
            "cpu": "15890m", "memory": "61255492Ki", "pods": "110", "ephemeral-storage": "119703055367",
            "hugepages-1Gi": "0", "hugepages-2Mi": "0",
        ]
        let images = (0..<25).map { image -> JSONValue in
            let repository = "registry.example.com/team-\(image % 5)/service-\(image)"
            return [
                "names": [.string("\(repository)@sha256:\(hash(image))"), .string("\(repository):1.\(image).0")],
                "sizeBytes": .integer(Int64(50_000_000 + image * 1_000_003)),
            ]
        }
        return [
            "metadata": [
                "name": .string(name),
                "labels": [
                    "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                    "node.kubernetes.io/instance-type": "m5.4xlarge", "topology.kubernetes.io/region": "eu-central-1",
                    "topology.kubernetes.io/zone": .string("eu-central-1\(["a", "b", "c"][number % 3])"),
                    "node-role.kubernetes.io/worker": "", "example.com/pool": "general",
                ],
                "annotations": [
                    "node.alpha.kubernetes.io/ttl": "0",
                    "volumes.kubernetes.io/controller-managed-attach-detach": "true",
                ],
            ],
            "spec": ["providerID": .string("aws:///eu-central-1a/i-\(hash(number).prefix(17))")],
            "status": [
                "capacity": room, "allocatable": room,
                "conditions": [
                    condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
                    condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
                    condition("PIDPressure", "False", "KubeletHasSufficientPID"),
                    condition("Ready", "True", "KubeletReady"),
                ],
                "addresses": [
                    ["type": "InternalIP", "address": .string("10.0.\(number / 256).\(number % 256)")],
                    ["type": "Hostname", "address": .string(name)],
                ],
                "images": .array(images),
                "nodeInfo": [
                    "architecture": "amd64", "operatingSystem": "linux", "osImage": "Debian GNU/Linux 13 (trixie)",
                    "kernelVersion": "6.12.0", "kubeletVersion": "v1.20.2", "kubeProxyVersion": "v1.20.2",
                    "containerRuntimeVersion": "containerd://1.7.0", "machineID": .string(hash(number)),
                    "systemUUID": .string(hash(number + 1)), "bootID": .string(hash(number + 2)),
                ],
            ],
        ]
    }

    private static func deployment(_ number: Int) -> JSONValue {
        let labels: JSONValue = ["faas_function": .string("function-\(number)")]
        return [
            "metadata": ["name": .string("function-\(number)"), "labels": labels],
            "spec": [
                "replicas": .integer(Int64(pods / functions)), "selector": ["matchLabels": labels],
                "template": ["metadata": ["labels": labels], "spec": podSpec(number, on: nil)],
            ],
        ]
    }

    /// A pod of a ReplicaSet of a function, on one of the nodes.
    private static func pod(_ number: Int) -> JSONValue {
        let function = function(of: number)
        return [
            "metadata": [
                "name": .string(podName(number)),
                "labels": [
                    "faas_function": .string(function), "pod-template-hash": "5d4c9b7f6d", "uid": "391476250",
                    "reeve.dev/placement": "2",
                ],
                "annotations": ["prometheus.io.scrape": "false"],
                "ownerReferences": [
                    [
                        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": .string("\(function)-5d4c9b7f6d"),
                        "uid": .string("\(hash(number).prefix(8))-0000-4000-8000-000000000000"), "controller": true,
                        "blockOwnerDeletion": true,
                    ]
                ],
            ],
            "spec": podSpec(number % functions, on: "made-up-\(number % nodes)"),
        ]
    }

    private static func podSpec(_ function: Int, on node: String?) -> JSONValue {
        let probe: JSONValue = [
            "httpGet": ["path": "/_/health", "port": 8080, "scheme": "HTTP"], "initialDelaySeconds": 2,
            "timeoutSeconds": 1, "periodSeconds": 2, "successThreshold": 1, "failureThreshold": 3,
        ]
        let resources: JSONValue = [
            "requests": ["cpu": "250m", "memory": "128Mi"], "limits": ["cpu": "1", "memory": "512Mi"],
        ]
        var spec: JSONValue = [
            "containers": [
                [
                    "name": .string("function-\(function)"),
                    "image": .string("registry.example.com/functions/function-\(function):latest"),
                    "ports": [["name": "http", "containerPort": 8080, "protocol": "TCP"]],
                    "env": .array(
                        (0..<8).map {
                            ["name": .string("SETTING_\($0)"), "value": .string("the value of setting \($0)")]
                        }),
                    "resources": resources, "livenessProbe": probe, "readinessProbe": probe,
                ]
            ],
            "tolerations": [
                ["key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"],
                ["key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"],
            ],
        ]
        spec["nodeName"] = node.map { .string($0) }
        return spec
    }

    private static func status(of number: Int) -> JSONValue {
        let function = "function-\(number % functions)"
        return [
            "phase": "Running", "startTime": moment,
            "hostIP": .string("10.0.\(number % nodes / 256).\(number % nodes % 256)"),
            "podIP": .string("10.\(128 + number / 65_536).\(number / 256 % 256).\(number % 256)"),
            "podIPs": [["ip": .string("10.\(128 + number / 65_536).\(number / 256 % 256).\(number % 256)")]],
            "conditions": .array(
                ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map {
                    ["type": .string($0), "status": "True", "lastProbeTime": nil, "lastTransitionTime": moment]
                }),
            "containerStatuses": [
                [
                    "name": .string(function), "image": .string("registry.example.com/functions/\(function):latest"),
                    "imageID": .string("registry.example.com/functions/\(function)@sha256:\(hash(number))"),
                    "containerID": .string("containerd://\(hash(number + 7))"), "ready": true, "started": true,
                    "restartCount": 0, "state": ["running": ["startedAt": moment]],
                ]
            ],
        ]
    }

    /// Sixty-four hexadecimal digits that hardly ever come twice (the finaliser of SplitMix64).
    private static func hash(_ number: Int) -> String {
        (0..<4).map { part in
            var mixed = UInt64(number) &* 4 &+ UInt64(part) &+ 0x9e37_79b9_7f4a_7c15
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return String(format: "%016lx", mixed ^ mixed >> 31)
        }.joined()
    }
}
