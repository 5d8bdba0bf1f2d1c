import Cluster
import Kubernetes
import TestSupport
import Testing
import Topology

extension ClusterTests {
    @Suite("Moves that are interrupted")
    struct InterruptedMoveTests {
        private let f = FunctionName("f")
        private let w04 = NodeName("w04")
        /// Longer than any test: a move to a node without room is then under way for as long as it is wanted to be.
        private static let patience = 3_600_000

        /// A function that has its place, but finds none on w04.
        private func deploy(_ bench: MapperBench) async throws {
            try await bench.deploy("f") { object in
                object[path: ["spec", "template", "spec", "containers"]] = [
                    ["name": "c", "image": "example.invalid/none", "resources": ["requests": ["cpu": "5"]]]
                ]
            }
        }

        private func awaitWaitingPod(_ bench: MapperBench) async throws {
            try await eventually("the new pod finds no node") {
                let pods: [Pod] = try await bench.admin.list(
                    .pods, ObjectSelection(namespace: bench.namespace, labels: "app=f"))
                return pods.contains { $0.unschedulableMessage != nil }
            }
        }

        @Test func `what takes too long is taken back`() async throws {
            try await MapperBench.run(changeSeconds: 2, obstacleMilliseconds: Self.patience) { bench in
                try await deploy(bench)
                let before = try await bench.essence(of: "f")
                let error = try await bench.refused { try await bench.mapper.move([f], to: w04) }
                #expect(error?.description.contains("after 2 s") == true, "\(error as Any)")
                #expect(try await bench.essence(of: "f") == before)
                #expect(try await bench.ready("f").count == 1)
            }
        }

        @Test func `a cancelled move is left to itself, shuts others out, and can be released`() async throws {
            try await MapperBench.run(obstacleMilliseconds: Self.patience) { bench in
                try await deploy(bench)
                let before = try await bench.essence(of: "f")
                let moving = Task { try await bench.mapper.move([f], to: w04) }
                try await awaitWaitingPod(bench)
                let second = try await bench.refused { try await bench.mapper.scale([f], to: 2) }
                #expect(second?.description.contains("function f is being changed already") == true)
                moving.cancel()
                await #expect(throws: CancellationError.self) { try await moving.value }
                #expect(try await bench.ready("f").count == 1)
                try await bench.mapper.release([f])
                #expect(try await bench.essence(of: "f") == before)
                #expect(try await bench.ready("f").count == 1)
            }
        }

        @Test func `what somebody else makes of the function meanwhile is not undone`() async throws {
            try await MapperBench.run(obstacleMilliseconds: Self.patience) { bench in
                try await deploy(bench)
                let moving = Task { try await bench.mapper.move([f], to: w04) }
                try await awaitWaitingPod(bench)
                let theirs: JSONValue = ["metadata": ["labels": ["reeve.dev/placement": nil, "theirs": "yes"]]]
                try await bench.admin.patch(
                    .deployments, named: "f", in: bench.namespace,
                    with: .merge(["spec": ["template": theirs]]))
                // Their pod finds no place either, for they left the pin; that is for them to see to.
                let error = try await bench.refused { try await moving.value }
                let words = "somebody else has changed deployment f"
                #expect(error?.description.contains(words) == true, "\(error as Any)")
                let labels = try await bench.stored("f")[path: ["spec", "template", "metadata", "labels"]]
                #expect(labels == ["app": "f", "theirs": "yes"])
                try await bench.mapper.release([f])
                let template = try await bench.stored("f")[path: ["spec", "template"]]
                #expect(template?[path: ["metadata", "labels"]] == labels)
                #expect(template?[path: ["spec", "affinity"]] == nil)
            }
        }
    }
}
