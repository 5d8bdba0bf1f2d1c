import Cluster
import Learning
import Placement
import Testing
import Topology

/// Always answers with one node, or with none.
struct FixedProfile: PlacementProfile {
    let answer: NodeName?

    func fastestNode(for _: MovableUnit, among nodes: [NodeName], in _: PlacementState) -> NodeName? {
        answer.flatMap { nodes.contains($0) ? $0 : nil }
    }
}

@Suite struct ActionSpaceTests {
    @Test func fullmapHas15Actions() throws {
        #expect(FullmapActionSpace(try World.topology()).actions.map(\.description) == [
            "move framer to w01", "move framer to w02", "move framer to w03", "move framer to w04",
            "move facedetector to w01", "move facedetector to w02", "move facedetector to w03",
            "move facedetector to w04", "move models to w01", "move models to w02", "move models to w03",
            "move models to w04", "scale by +1", "scale by -1", "stay",
        ])
    }

    @Test func customHas12Actions() throws {
        #expect(CustomActionSpace(try World.topology()).actions.map(\.description) == [
            "move framer to w01", "move framer to w02", "move framer to w03", "move framer to w04",
            "move facedetector to w01", "move facedetector to w02", "move facedetector to w03",
            "move facedetector to w04", "move models to the node with the lowest C0", "scale by +1", "scale by -1",
            "stay",
        ])
    }

    @Test func kubernetesAndOracleHave4Actions() throws {
        let topology = try World.topology()
        #expect(KubernetesActionSpace(topology).actions.map(\.description) == [
            "reschedule framer", "reschedule facedetector", "reschedule models", "stay",
        ])
        #expect(OracleActionSpace(topology, profile: FixedProfile(answer: nil)).actions.map(\.description) == [
            "move framer by profile", "move facedetector by profile", "move models by profile", "stay",
        ])
    }

    @Test func theSpacesFollowTheTopology() throws {
        let a = FunctionName("a"), b = FunctionName("b")
        let topology = try SchedulingTopology(
            nodes: [NodeName("n1"), NodeName("n2")], workflow: WorkflowName("w"), functions: [a, b],
            movableUnits: [MovableUnit(name: "a", functions: [a]), MovableUnit(name: "b", functions: [b])],
            scaledFunctions: [], maximumReplicas: 1)
        #expect(FullmapActionSpace(topology).actions.count == 5)
        #expect(CustomActionSpace(topology).actions == FullmapActionSpace(topology).actions)
        #expect(KubernetesActionSpace(topology).actions.count == 3)
    }

    @Test func anOracleWithoutAProfileHasNoSpace() throws {
        let topology = try World.topology()
        #expect(Scheduler.oracle.actionSpace(for: topology, profile: nil) == nil)
        for scheduler in Scheduler.allCases where scheduler != .oracle {
            #expect(scheduler.actionSpace(for: topology, profile: nil) != nil)
        }
    }

    // MARK: Masks

    private func allowed(
        _ space: any ActionSpace, _ state: PlacementState, _ rule: MaskRule = .withoutEffect
    ) -> [String] {
        let mask = space.mask(in: state, rule: rule)
        return space.actions.indices.filter { mask[$0] }.map { space.actions[$0].description }
    }

    @Test func movesToAnUnknownNodeAreForbiddenUnderEveryRule() throws {
        let state = try World.state(unknown: [NodeName("w03")])
        for rule in MaskRule.allCases {
            let texts = allowed(FullmapActionSpace(try World.topology()), state, rule)
            #expect(!texts.contains { $0.hasSuffix("to w03") })
            #expect(texts.contains("move framer to w02"))
        }
    }

    @Test func movesToANodeThatTheClusterDoesNotListAsReadyAreForbidden() throws {
        let state = try World.state(World.snapshot(nodes: Array(World.nodes.dropLast())))
        let texts = allowed(FullmapActionSpace(try World.topology()), state, .unknownNodes)
        #expect(!texts.contains { $0.hasSuffix("to w04") })
    }

    @Test func whatChangesNothingIsForbiddenOnlyWhenAskedFor() throws {
        let state = try World.state(World.snapshot(framer: "w02"))
        let space = FullmapActionSpace(try World.topology())
        #expect(allowed(space, state, .unknownNodes).count == 15)
        let forbidden = Set(space.actions.map(\.description)).subtracting(allowed(space, state))
        #expect(forbidden == [
            "move framer to w02", "move facedetector to w01", "move models to w01", "scale by +1",
        ])
    }

    @Test func functionsOfAUnitThatAreApartMayBeMovedTogetherAnywhere() throws {
        var snapshot = World.snapshot()
        var assignment = snapshot.assignment
        assignment[FunctionName("mobilenet")] = NodeName("w02")
        snapshot = ClusterSnapshot(nodes: snapshot.nodes, assignment: assignment, replicas: snapshot.replicas)
        let texts = allowed(FullmapActionSpace(try World.topology()), try World.state(snapshot))
        #expect(texts.filter { $0.hasPrefix("move models") }.count == 4)
    }

    @Test(arguments: [(1, ["scale by +1"]), (4, ["scale by +1", "scale by -1"]), (8, ["scale by -1"])])
    func replicasStayWithinTheirBounds(replicas: Int, expected: [String]) throws {
        let state = try World.state(World.snapshot(replicas: replicas))
        let texts = allowed(FullmapActionSpace(try World.topology()), state)
        #expect(texts.filter { $0.hasPrefix("scale") } == expected)
    }

    @Test func replicasThatAreNotKnownAreNotChanged() throws {
        let state = try World.state(World.snapshot(replicas: nil))
        for rule in MaskRule.allCases {
            #expect(!allowed(FullmapActionSpace(try World.topology()), state, rule).contains { $0.hasPrefix("scale") })
        }
    }

    @Test func stayIsAllowedWhenNothingIsKnown() throws {
        let topology = try World.topology()
        let state = try World.state(
            World.snapshot(framer: nil, detector: nil, models: nil, replicas: nil), unknown: Set(World.nodes))
        #expect(allowed(FullmapActionSpace(topology), state) == ["stay"])
        #expect(allowed(CustomActionSpace(topology), state) == ["stay"])
        let profile = FixedProfile(answer: NodeName("w02"))
        #expect(allowed(OracleActionSpace(topology, profile: profile), state) == ["stay"])
    }

    // MARK: Destinations

    @Test(arguments: [
        ([0.5, 0.4, 0.3, 0.2], [], "w04"),
        ([0.5, 0.2, 0.3, 0.2], [], "w02"),
        ([0.5, 0.4, 0.3, 0.0], ["w04"], "w03"),
        ([0.5, 0.4, nil, nil], [], "w02"),
        ([nil, nil, nil, nil], [], nil),
    ] as [([Double?], Set<String>, String?)])
    func theLowestC0IsThatOfAKnownNode(c0: [Double?], unknown: Set<String>, expected: String?) throws {
        let space = CustomActionSpace(try World.topology())
        let unit = try #require(space.topology.movableUnits.last)
        let state = try World.state(c0: c0, unknown: Set(unknown.map { NodeName($0) }))
        let resolution = space.resolve(.moveToLowestC0(unit), in: state)
        #expect(resolution == expected.map { .change(.move(unit, to: NodeName($0))) } ?? .impossible)
    }

    @Test(arguments: [("w03", "w03"), ("w02", nil), (nil, nil)] as [(String?, String?)])
    func theProfileIsAskedOnlyAboutNodesThatMayReceive(answer: String?, expected: String?) throws {
        let space = OracleActionSpace(
            try World.topology(), profile: FixedProfile(answer: answer.map { NodeName($0) }))
        let unit = try #require(space.topology.movableUnits.first)
        let state = try World.state(unknown: [NodeName("w02")])
        let resolution = space.resolve(.moveByProfile(unit), in: state)
        #expect(resolution == expected.map { .change(.move(unit, to: NodeName($0))) } ?? .impossible)
    }

    @Test func movingToWhereAUnitAlreadyIsDoesNothing() throws {
        let space = OracleActionSpace(try World.topology(), profile: FixedProfile(answer: NodeName("w01")))
        let unit = try #require(space.topology.movableUnits.first)
        #expect(space.resolve(.moveByProfile(unit), in: try World.state()) == .nothing)
        #expect(space.resolve(.move(unit, to: NodeName("w01")), in: try World.state()) == .nothing)
    }
}
