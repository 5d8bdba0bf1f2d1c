import Cluster
import Kubernetes
import Testing
import Topology

extension ClusterTests {
    @Suite("Moving functions")
    struct MoveTests {
        private let f = FunctionName("f")
        private let dropping: JSONValue = [
            "type": "RollingUpdate", "rollingUpdate": ["maxSurge": 0, "maxUnavailable": 1],
        ]

        @Test func `a function is placed on the node asked for, and stays there when asked again`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f", replicas: 2)
                for name in ["w04", "w01", "w04"] {
                    try await bench.mapper.move([f], to: NodeName(name))
                    #expect(try await bench.places(of: "f") == [name, name])
                    let snapshot = try await bench.mapper.observe()
                    #expect(snapshot.assignment[f] == NodeName(name))
                    #expect(snapshot.readyReplicas[f] == 2)
                }
                let before = try await bench.stored("f")
                try await bench.mapper.move([f], to: NodeName("w04"))
                let after = try await bench.stored("f")
                #expect(after[path: ["metadata", "generation"]] == before[path: ["metadata", "generation"]])
            }
        }

        @Test func `a move under load loses no request, whatever the function's strategy`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f") { $0[path: ["spec", "strategy"]] = dropping }
                let load = Load(on: "f", bench)
                try await load.whileApplied {
                    for name in ["w01", "w02", "w03"] { try await bench.mapper.move([f], to: NodeName(name)) }
                }
                #expect(load.failures == [])
                #expect(load.fewest == 1)
                #expect(load.answeredBy.isSuperset(of: ["w01", "w02", "w03"]))
                #expect(try await bench.stored("f")[path: ["spec", "strategy"]] == dropping, "as it was found")
            }
        }

        @Test func `without room a move is taken back, while the old pod goes on serving`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("g")
                try await bench.deploy("f") { object in
                    object[path: ["spec", "template", "spec", "containers"]] = [
                        [
                            "name": "c", "image": "example.invalid/none",
                            "resources": ["requests": ["cpu": "5", "memory": "32Mi"]],
                        ]
                    ]
                    object[path: ["spec", "strategy"]] = dropping
                }
                try await bench.mapper.move([f, FunctionName("g")], to: NodeName("w03"))
                let before = (try await bench.essence(of: "f"), try await bench.essence(of: "g"))
                let pods = try await bench.ready("f").map(\.metadata.uid)
                let load = Load(on: "f", bench)
                try await load.whileApplied {
                    let error = try await bench.refused {
                        try await bench.mapper.move([FunctionName("g"), f], to: NodeName("w04"))
                    }
                    #expect(error?.code == .refused)
                    #expect(error?.description.contains("no node is found for its pod") == true, "\(error as Any)")
                    #expect(error?.description.contains("Insufficient cpu") == true)
                }
                #expect(load.failures == [])
                #expect(load.fewest == 1)
                #expect(try await bench.ready("f").map(\.metadata.uid) == pods, "the very same pod")
                #expect(try await bench.places(of: "g") == ["w03"], "all or none")
                #expect(try await bench.essence(of: "f") == before.0)
                #expect(try await bench.essence(of: "g") == before.1)
            }
        }

        @Test func `replicas spread over nodes, and only over those`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f", replicas: 2)
                try await bench.mapper.spread([f], over: [NodeName("w01"), NodeName("w02")])
                #expect(try await bench.places(of: "f") == ["w01", "w02"])
            }
        }

        @Test func `left to the scheduler, a function gets new pods where the scheduler wants them`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f")
                let found = try await bench.stored("f")[path: ["spec", "template", "spec", "affinity"]]
                try await bench.mapper.move([f], to: NodeName("w04"))
                for _ in 0..<2 {
                    let before = try await bench.ready("f").map(\.metadata.uid)
                    let node = try await bench.mapper.reschedule([f])
                    #expect(try await bench.places(of: "f") == [node.rawValue])
                    #expect(try await bench.ready("f").map(\.metadata.uid) != before)
                    let affinity = try await bench.stored("f")[path: ["spec", "template", "spec", "affinity"]]
                    #expect(affinity == found)
                }
            }
        }

        @Test func `what is not known is said to be unknown, and nothing is changed`() async throws {
            try await MapperBench.run { bench in
                try await bench.deploy("f")
                let before = try await bench.stored("f")[path: ["metadata", "generation"]]
                let node = try await bench.refused { try await bench.mapper.move([f], to: NodeName("w09")) }
                #expect(node?.code == .unknownSubject)
                let function = try await bench.refused {
                    try await bench.mapper.move([f, FunctionName("h")], to: NodeName("w01"))
                }
                #expect(function?.code == .unknownSubject)
                #expect(function?.description.contains("function h: there is no such deployment") == true)
                #expect(try await bench.stored("f")[path: ["metadata", "generation"]] == before)
            }
        }
    }
}
