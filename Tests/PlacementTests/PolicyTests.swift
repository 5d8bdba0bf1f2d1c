import Learning
import Placement
import Testing
import Topology

@Suite struct PolicyTests {
    private let space: FullmapActionSpace

    init() throws { space = FullmapActionSpace(try World.topology()) }

    private func text(_ choice: PolicyChoice) -> String { space.actions[choice.action].description }

    private func mask(_ state: PlacementState) -> ActionMask { space.mask(in: state, rule: .withoutEffect) }

    @Test(arguments: [(1, "scale by +1"), (7, "scale by +1"), (8, "stay")])
    func blindAddsReplicasAndNeverMoves(replicas: Int, expected: String) throws {
        let policy = BlindPolicy(space)
        let state = try World.state(World.snapshot(replicas: replicas))
        #expect(text(policy.decide([], allowed: mask(state))) == expected)
    }

    @Test func blindStaysWhereThereAreNoReplicaActions() throws {
        let kubernetes = KubernetesActionSpace(try World.topology())
        let choice = BlindPolicy(kubernetes).decide([], allowed: .all(4))
        #expect(kubernetes.actions[choice.action] == .stay)
    }

    @Test func nativeStaysWhateverIsAllowed() throws {
        #expect(text(StayPolicy(space).decide([], allowed: .all(15))) == "stay")
    }

    @Test func staticMovesEachUnitOnceAndThenStays() throws {
        let policy = StaticPolicy(space, assignment: ["framer": NodeName("w02"), "models": NodeName("w01")])
        #expect(text(policy.decide([], allowed: mask(try World.state()))) == "move framer to w02")
        let moved = try World.state(World.snapshot(framer: "w02"))
        #expect(text(policy.decide([], allowed: mask(moved))) == "stay")
    }

    @Test func staticStaysWhileItsNodeIsUnknown() throws {
        let policy = StaticPolicy(space, assignment: ["framer": NodeName("w02")])
        let state = try World.state(unknown: [NodeName("w02")])
        #expect(text(policy.decide([], allowed: mask(state))) == "stay")
    }

    @Test func randomRepeatsFromItsSeedAndKeepsToTheMask() throws {
        let allowed = mask(try World.state(unknown: [NodeName("w02")]))
        func choices(_ seed: UInt64) -> [Int] {
            var policy = RandomPolicy(seed: seed)
            return (0..<500).map { _ in policy.decide([], allowed: allowed).action }
        }
        #expect(choices(1) == choices(1))
        #expect(choices(1) != choices(2))
        #expect(Set(choices(1)) == Set((0..<15).filter { allowed[$0] }))
    }
}
