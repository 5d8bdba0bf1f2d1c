import Cluster
import Testing
import Topology

@testable import Kubernetes

@Suite("The cluster as placement sees it")
struct FleetTests {
    private func node(_ name: String, ready: Bool = true, taint: String? = nil, cpu: String = "8") throws -> Node {
        try typed([
            "metadata": ["name": .string(name)],
            "spec": ["taints": taint.map { [["key": .string($0), "effect": "NoSchedule"]] } ?? []],
            "status": [
                "allocatable": ["cpu": .string(cpu), "memory": "1Gi"],
                "conditions": [["type": "Ready", "status": ready ? "True" : "Unknown"]],
            ],
        ])
    }

    private func pod(_ owner: String, on node: String?, ready: Bool = true, kind: String = "ReplicaSet") throws -> Pod {
        try typed(try object(of: owner, on: node, ready: ready, kind: kind))
    }

    private func object(
        of owner: String, on node: String?, ready: Bool, kind: String = "ReplicaSet"
    ) throws -> JSONValue {
        var object: JSONValue = [
            "metadata": [
                "name": "p", "labels": ["pod-template-hash": "abc"],
                "ownerReferences": [["kind": .string(kind), "name": .string(owner), "uid": "u"]],
            ],
            "spec": [:], "status": ["conditions": [["type": "Ready", "status": ready ? "True" : "False"]]],
        ]
        object[path: ["spec", "nodeName"]] = node.map { .string($0) }
        return object
    }

    @Test func `ready workers, each function's node and its ready pods`() throws {
        let fleet = Fleet(
            nodes: [
                try node("w02", cpu: "7910m"), try node("w01"), try node("w03", ready: false),
                try node("m", taint: "node-role.kubernetes.io/control-plane"), try node("w04", taint: "gpu"),
            ],
            deployments: try ["f", "f-abc", "g"].map { try typed(stored($0)) },
            pods: [
                try pod("f-abc", on: "w02"), try pod("f-abc", on: "w01"), try pod("f-abc", on: "w02"),
                try pod("f-abc", on: "w03", ready: false), try pod("f-abc-abc", on: "w01"),
                try pod("g-abc", on: nil, ready: false), try pod("g-abc", on: "w01", kind: "Job"),
            ])
        let snapshot = fleet.snapshot
        #expect(snapshot.nodes.map(\.name.rawValue) == ["w01", "w02", "w04"])
        #expect(snapshot.nodes.map(\.virtualCPUs) == [8, 7, 8])
        #expect(snapshot.nodes.first?.memoryBytes == 1 << 30)
        #expect(snapshot.assignment == [FunctionName("f"): NodeName("w02"), FunctionName("f-abc"): NodeName("w01")])
        #expect(snapshot.readyReplicas == [FunctionName("f"): 3, FunctionName("f-abc"): 1, FunctionName("g"): 0])
        #expect(snapshot.replicas == [FunctionName("f"): 1, FunctionName("f-abc"): 1, FunctionName("g"): 1])
        #expect(fleet.node(of: ["f", "f-abc"]) == NodeName("w01"), "two each: the first by name")
        #expect(fleet.managed.isEmpty)
    }

    /// A Deployment that is being moved from w01 to `nodes`, with a pod that serves where it was and one that is new.
    private func moving(
        to nodes: [String], new: (inout JSONValue) -> Void = { _ in }, change: (inout JSONValue) -> Void = { _ in }
    ) throws -> ClusterSnapshot {
        var object = stored(affinity: NodePin.pin(.null, to: nodes, mark: "2"), replicas: 4, generation: 2)
        object[path: ["spec", "template", "metadata", "labels", ManagedNames.placementLabel]] = "2"
        change(&object)
        var pod = try self.object(of: "f-abc", on: nil, ready: false)
        pod[path: ["metadata", "labels", ManagedNames.placementLabel]] = "2"
        new(&pod)
        return Fleet(
            nodes: [try node("w01"), try node("w02")], deployments: [try typed(object)],
            pods: [try self.pod("f-abc", on: "w01"), try typed(pod)]
        ).snapshot
    }

    @Test func `what was ordered counts before it can be seen, unless something stands in its way`() throws {
        let f = FunctionName("f")
        let ordered = try moving(to: ["w02"])
        #expect(ordered.assignment == [f: NodeName("w02")])
        #expect(ordered.replicas == [f: 4] && ordered.readyReplicas == [f: 1])

        #expect(try moving(to: ["w01", "w02"]).assignment == [f: NodeName("w01")], "it is not tied to one node")
        let homeless = try moving(to: ["w02"]) { pod in
            pod[path: ["status", "conditions"]] = [
                ["type": "PodScheduled", "status": "False", "reason": "Unschedulable"]
            ]
        }
        #expect(homeless.assignment == [f: NodeName("w01")])
        let failed = try moving(to: ["w02"]) { $0[path: ["status", "phase"]] = "Failed" }
        #expect(failed.assignment == [f: NodeName("w01")])
        for (generation, node) in [(2, "w01"), (1, "w02")] {
            let refused = try moving(to: ["w02"], change: { deployment in
                deployment["status"] = [
                    "observedGeneration": .integer(Int64(generation)),
                    "conditions": [["type": "ReplicaFailure", "status": "True", "message": "exceeded quota"]],
                ]
            })
            #expect(refused.assignment == [f: NodeName(node)], "an older status says nothing of this change")
        }
    }

    @Test func `pods are known by function, through every change`() throws {
        let index = PodIndex()
        #expect(index.pods(of: "f").isEmpty)
        let pod = try pod("f-abc", on: "w01")
        index.take(ReflectorChange(present: [pod, try self.pod("g-abc", on: "w02")], gone: [], isRelisted: true))
        #expect(index.pods(of: "f") == [pod])
        let moved = try self.pod("f-abc", on: "w02")
        index.take(ReflectorChange(present: [moved], gone: []))
        #expect(index.pods(of: "f") == [moved])
        index.take(ReflectorChange(present: [], gone: [moved]))
        #expect(index.pods(of: "f").isEmpty)
    }
}

@Suite("The signal of changes")
struct ChangeSignalTests {
    @Test func `what happened before the wait began is not missed`() async {
        let signal = ChangeSignal()
        let count = signal.count
        signal.raise()
        await signal.wait(since: count)
        #expect(signal.count == count + 1)
    }

    @Test func `everybody who waits is told, and whoever is cancelled waits no longer`() async {
        let signal = ChangeSignal()
        let count = signal.count
        let cancelled = Task { await signal.wait(since: count) }
        cancelled.cancel()
        await cancelled.value
        #expect(signal.count == count)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { await signal.wait(since: count) } }
            group.addTask { signal.raise() }
            await group.waitForAll()
        }
        #expect(signal.count == count + 1)
    }
}
