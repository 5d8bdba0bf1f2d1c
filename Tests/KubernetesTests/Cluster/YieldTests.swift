import Cluster
import Kubernetes
import TestSupport
import Testing
import Topology

extension ClusterTests {
    @Suite("Yielding to others")
    struct YieldTests {
        private let f = FunctionName("f")
        private let w04 = NodeName("w04")

        /// Refuses what `body` asks for with these words, and leaves the function as it is.
        private func expectRefusal(
            _ bench: MapperBench, naming words: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ body: () async throws -> Void
        ) async throws {
            let before = try await bench.essence(of: "f")
            let error = try await bench.refused(body)
            #expect(error?.code == .refused, sourceLocation: sourceLocation)
            #expect(error?.description.contains(words) == true, "\(error as Any)", sourceLocation: sourceLocation)
            #expect(try await bench.essence(of: "f") == before, sourceLocation: sourceLocation)
        }

        @Test func `an autoscaler's function is moved but not scaled`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f")
                let scaler: JSONValue = [
                    "metadata": ["name": "scaler-of-f"],
                    "spec": [
                        "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "f"],
                        "minReplicas": 1, "maxReplicas": 3, "targetCPUUtilizationPercentage": 80,
                    ],
                ]
                try await bench.admin.create(.horizontalAutoscalers, scaler, in: bench.namespace)
                try await expectRefusal(bench, naming: "HorizontalPodAutoscaler scaler-of-f sets the replicas of f") {
                    try await bench.mapper.scale([f], to: 2)
                }
                #expect(
                    try await bench.mapper.foreignControllers(of: f) == [.horizontalAutoscaler("scaler-of-f")])
                try await bench.mapper.move([f], to: w04)
                #expect(try await bench.places(of: "f") == ["w04"])
            }
        }

        @Test func `OpenFaaS' scaling labels and objects of installed definitions are seen`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f") {
                    $0[path: ["metadata", "labels"]] = ["com.openfaas.scale.max": "5"]
                }
                try await expectRefusal(bench, naming: "OpenFaaS' scaling by the label com.openfaas.scale.max") {
                    try await bench.mapper.scale([f], to: 2)
                }
                try await withDefinition(
                    bench.admin, bench.namespace, ResourceKind.scaledObjects, kind: "ScaledObject",
                    ["metadata": ["name": "keda-of-f"], "spec": ["scaleTargetRef": ["name": "f"]]]
                ) {
                    let controllers = try await bench.mapper.foreignControllers(of: f)
                    #expect(
                        controllers == [.scaledObject("keda-of-f"), .openFaaS(label: "com.openfaas.scale.max")])
                }
                try await withDefinition(
                    bench.admin, bench.namespace, ResourceKind.verticalAutoscalers, kind: "VerticalPodAutoscaler",
                    [
                        "metadata": ["name": "vpa-of-f"],
                        "spec": ["targetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "f"]],
                    ]
                ) {
                    let controllers = try await bench.mapper.foreignControllers(of: f)
                    #expect(controllers.contains(.verticalAutoscaler("vpa-of-f", isActing: true)))
                }
            }
        }

        @Test func `a budget that allows nothing to go is respected, and one that does is no hindrance`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f")
                let kind = ResourceKind(group: "policy", version: "v1beta1", plural: "poddisruptionbudgets")
                let budget: JSONValue = [
                    "metadata": ["name": "always-one"],
                    "spec": ["minAvailable": 1, "selector": ["matchLabels": ["app": "f"]]],
                ]
                try await bench.admin.create(kind, budget, in: bench.namespace)
                try await expectRefusal(bench, naming: "PodDisruptionBudget always-one allows none") {
                    try await bench.mapper.move([f], to: w04)
                }
                try await bench.mapper.scale([f], to: 2)
                try await eventually("the budget has seen the second pod") {
                    let budget: JSONValue = try await bench.admin.get(kind, named: "always-one", in: bench.namespace)
                    return budget[path: ["status", "disruptionsAllowed"]] == 1
                }
                try await bench.mapper.move([f], to: w04)
                #expect(try await bench.places(of: "f") == ["w04", "w04"])
            }
        }

        @Test func `a quota without room for one more pod is respected`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f")
                let quota: JSONValue = ["metadata": ["name": "one-pod"], "spec": ["hard": ["pods": "1"]]]
                try await bench.admin.create(.resourceQuotas, quota, in: bench.namespace)
                try await eventually("the quota is counted") {
                    let quota: JSONValue = try await bench.admin.get(
                        .resourceQuotas, named: "one-pod", in: bench.namespace)
                    return quota[path: ["status", "used", "pods"]] == "1"
                }
                try await expectRefusal(bench, naming: "ResourceQuota one-pod allows pods=1") {
                    try await bench.mapper.move([f], to: w04)
                }
                try await expectRefusal(bench, naming: "ResourceQuota one-pod allows pods=1") {
                    try await bench.mapper.scale([f], to: 2)
                }
            }
        }

        @Test func `a node that is tainted or cordoned is left alone`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f")
                for (spec, words) in [
                    (["taints": [["key": "gpu", "value": "yes", "effect": "NoSchedule"]]], "taint gpu=yes:NoSchedule"),
                    (["unschedulable": true], "node w04 is cordoned"),
                ] as [(JSONValue, String)] {
                    try await bench.admin.patch(.nodes, named: "w04", with: .merge(["spec": spec]))
                    let result: Result<Void, any Error>
                    do {
                        // The mapper's copy of the node is what it judges by.
                        try await eventually("the node's mark is known") {
                            try await bench.refused { try await bench.mapper.move([f], to: w04) } != nil
                        }
                        result = .success(
                            try await expectRefusal(bench, naming: words) { try await bench.mapper.move([f], to: w04) })
                    } catch {
                        result = .failure(error)
                    }
                    try await bench.admin.patch(
                        .nodes, named: "w04", with: .merge(["spec": ["taints": nil, "unschedulable": nil]]))
                    // Cordoning has a taint too, which the node controller takes off in its own time.
                    try await eventually("the node takes pods again") {
                        let node: Node = try await bench.admin.get(.nodes, named: "w04")
                        return (node.spec.taints ?? []).isEmpty
                    }
                    try result.get()
                }
            }
        }

        @Test func `a function whose pods must not stand side by side is not moved`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f") { $0[path: ["spec", "strategy"]] = ["type": "Recreate"] }
                try await expectRefusal(bench, naming: "its strategy is Recreate") {
                    try await bench.mapper.move([f], to: w04)
                }
            }
        }
    }
}
