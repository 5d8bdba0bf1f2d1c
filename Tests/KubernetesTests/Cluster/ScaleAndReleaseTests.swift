import Cluster
import Kubernetes
import TestSupport
import Testing
import Topology

extension ClusterTests {
    @Suite("Scaling and releasing functions")
    struct ScaleAndReleaseTests {
        private let f = FunctionName("f")

        @Test func `a function is scaled up and down without losing a request`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f")
                let load = Load(on: "f", bench)
                try await load.whileApplied {
                    for replicas in [3, 2, 1] {
                        try await bench.mapper.scale([f], to: replicas)
                        #expect(try await bench.ready("f").count == replicas)
                    }
                }
                #expect(load.failures == [])
                #expect(load.fewest >= 1)
                let error = try await bench.refused { try await bench.mapper.scale([f], to: 0) }
                #expect(error?.code == .refused)
            }
        }

        @Test func `more replicas than there is room for are taken back`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f") { object in
                    object[path: ["spec", "template", "spec", "containers"]] = [
                        ["name": "c", "image": "example.invalid/none", "resources": ["requests": ["cpu": "3"]]]
                    ]
                }
                try await bench.mapper.move([f], to: NodeName("w04"))
                let error = try await bench.refused { try await bench.mapper.scale([f], to: 2) }
                #expect(error?.description.contains("Insufficient cpu") == true, "\(error as Any)")
                #expect(try await bench.stored("f")[path: ["spec", "replicas"]] == 1)
                #expect(try await bench.places(of: "f") == ["w04"])
            }
        }

        @Test func `released, every object is as it was found, and no other was touched`() async throws {
            try await MapperBench.run { bench in
                let affinity: JSONValue = [
                    "nodeAffinity": [
                        "requiredDuringSchedulingIgnoredDuringExecution": [
                            "nodeSelectorTerms": [
                                [
                                    "matchExpressions": [
                                        ["key": "kubernetes.io/os", "operator": "In", "values": ["linux"]]
                                    ]
                                ]
                            ]
                        ]
                    ]
                ]
                try await bench.deploy("f") { object in
                    object[path: ["spec", "template", "spec", "affinity"]] = affinity
                    object[path: ["spec", "strategy"]] = [
                        "type": "RollingUpdate", "rollingUpdate": ["maxSurge": "50%", "maxUnavailable": 1],
                    ]
                    object[path: ["metadata", "annotations"]] = ["owner": "somebody"]
                }
                try await bench.deploy("g", replicas: 2)
                try await bench.deploy("h")
                try await eventually("h is at rest") {
                    let h: Deployment = try await bench.admin.get(.deployments, named: "h", in: bench.namespace)
                    return h.isRolledOut
                }
                let found = (try await bench.essence(of: "f"), try await bench.essence(of: "g"))
                let other = try await bench.stored("h")

                try await bench.mapper.move([f, FunctionName("g")], to: NodeName("w01"))
                try await bench.mapper.move([f], to: NodeName("w02"))
                try await bench.mapper.scale([f, FunctionName("g")], to: 3)
                try await bench.mapper.spread([FunctionName("g")], over: [NodeName("w02"), NodeName("w03")])
                #expect(try await bench.stored("f")[path: ["metadata", "labels", "reeve.dev/managed"]] == "true")
                try await bench.mapper.scale([f], to: 1)

                let load = Load(on: "f", bench)
                try await load.whileApplied {
                    let released = try await bench.mapper.release()
                    #expect(released == [f, FunctionName("g")])
                }
                #expect(load.failures == [])
                #expect(load.fewest >= 1)
                #expect(try await bench.essence(of: "f") == found.0)
                #expect(try await bench.essence(of: "g") == found.1)
                #expect(try await bench.stored("h") == other)
                #expect(try await bench.mapper.release() == [], "nothing is left to release")
            }
        }

        @Test func `what somebody else has changed since is left as they want it`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f")
                try await bench.mapper.scale([f], to: 2)
                try await bench.admin.scale("f", in: bench.namespace, to: 3)
                try await bench.mapper.release([f])
                #expect(try await bench.stored("f")[path: ["spec", "replicas"]] == 3)
                #expect(try await bench.stored("f")[path: ["metadata", "labels"]] == nil)
            }
        }
    }
}
