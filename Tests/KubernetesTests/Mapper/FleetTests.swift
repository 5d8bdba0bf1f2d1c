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
        var object: JSONValue = [
            "metadata": [
                "name": "p", "labels": ["pod-template-hash": "abc"],
                "ownerReferences": [["kind": .string(kind), "name": .string(owner), "uid": "u"]],
            ],
            "spec": [:], "status": ["conditions": [["type": "Ready", "status": ready ? "True" : "False"]]],
        ]
        object[path: ["spec", "nodeName"]] = node.map { .string($0) }
        return try typed(object)
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
        #expect(snapshot.replicas == [FunctionName("f"): 3, FunctionName("f-abc"): 1, FunctionName("g"): 0])
        #expect(fleet.node(of: ["f", "f-abc"]) == NodeName("w01"), "two each: the first by name")
        #expect(fleet.managed.isEmpty)
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
