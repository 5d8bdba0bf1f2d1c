import Cluster
import ControlAPI
import Foundation
import Harvesting
import Measures
import Synchronization
import Telemetry
import TestSupport
import Testing
import Topology
import Wire

/// Changes the limits of a node on its own.
private struct OtherCarrier: LimitCarrier {
    let node: HarvestedNode
    let name = "others"

    func state(of node: NodeName, after count: UInt64) async -> LimitState {
        let held = self.node.held.map {
            HeldLease(
                id: $0, containerID: "", cpuCores: nil, memoryBytes: nil, remainingNanoseconds: 1_000_000_000)
        }
        return LimitState(obstacle: nil, held: held, events: [], count: 0)
    }

    func carryOut(
        _ order: LeaseOrder, of container: LimitedContainer, on node: NodeName, patienceNanoseconds: UInt64
    ) async -> LeaseOutcome {
        guard container.namespace == "functions", container.pod.hasSuffix("-6d4b75cb6d-x2k9p") else {
            return .notSent("there is no such pod")
        }
        return .told(self.node.perform(order))
    }
}

@Suite("The harvest service", .serialized)
struct HarvestServiceTests {
    @Test func `idle cores are lent by leases, and limits together stay the users'`() async throws {
        let node = HarvestedNode(mode: .act)
        try await node.run {
            try await eventually("the starved has what the donor does not use") {
                node.cores[HarvestedNode.starved] ?? 0 > 0.9 && node.cores[HarvestedNode.donor] ?? 9 < 0.3
            }
            #expect(node.cores.values.reduce(0, +) < 2.001)
            try await eventually("the loan is shown") {
                node.board.nodes[HarvestedNode.node]?.loans.first?.lender == HarvestedNode.donor
            }
        }
    }

    @Test func `what an agent misses at the end is asked for again, and all is given back`() async throws {
        let node = HarvestedNode(mode: .act)
        try await node.run(leaseSeconds: 300) {
            try await eventually("both limits are changed") {
                node.cores[HarvestedNode.starved] ?? 0 > 0.9 && node.cores[HarvestedNode.donor] ?? 9 < 0.3
            }
            node.lostEnds.store(2, ordering: .relaxed)
        }
        #expect(node.lostEnds.load(ordering: .relaxed) == 0)
        #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
    }

    @Test func `what was in force without an answer is given back at the end`() async throws {
        let node = HarvestedNode(mode: .act)
        node.isMute.store(true, ordering: .relaxed)
        node.lostEnds.store(.max, ordering: .relaxed)
        try await node.run(leaseSeconds: 300) {
            try await eventually("the donor's limit is lowered, and nobody has said so") {
                node.cores[HarvestedNode.donor] ?? 9 < 0.3
                    && node.board.nodes[HarvestedNode.node]?.containers.contains {
                        $0.leftAlone == "the agent has not answered"
                    } == true
            }
            #expect(node.board.nodes[HarvestedNode.node]?.loans.isEmpty == true)
            node.lostEnds.store(0, ordering: .relaxed)
            node.isMute.store(false, ordering: .relaxed)
        }
        #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
    }

    @Test func `a service that looks on orders nothing`() async throws {
        let node = HarvestedNode(mode: .observe)
        try await node.run {
            try await eventually("what would be lent is known") {
                node.board.nodes[HarvestedNode.node]?.containers.first { $0.function == FunctionName("donor") }?
                    .wanted.millicores == 200
            }
            #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
        }
    }

    @Test func `a coordinator that does not lead orders nothing and says so`() async throws {
        let node = HarvestedNode(mode: .act)
        node.objection.withLock { $0 = "coordinator b leads, and a stands by" }
        try await node.run {
            try await node.awaitReports()
            try await eventually("what stands in the way is shown") {
                node.board.nodes[HarvestedNode.node]?.remark == "coordinator b leads, and a stands by"
            }
            #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
        }
    }

    @Test func `a function whose limits another controller changes is left alone`() async throws {
        let node = HarvestedNode(mode: .act)
        node.owners.withLock { $0[FunctionName("donor")] = "its limits are VerticalPodAutoscaler donor's" }
        try await node.run {
            try await eventually("only the other one is shown") {
                node.board.nodes[HarvestedNode.node]?.containers.map(\.function) == [FunctionName("starved")]
            }
            #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
        }
    }

    @Test func `the answer tells of lenders, borrowers, amounts and ends`() async throws {
        let node = HarvestedNode(mode: .act)
        var parts = CoordinatorResponder.Parts()
        parts.hub = node.hub
        parts.harvest = node.board
        let responder = CoordinatorResponder(parts: parts, version: "test", time: SystemTime())
        try await node.run {
            try await eventually("the loan is shown") { node.board.nodes[HarvestedNode.node]?.loans.isEmpty == false }
            guard case .json(let json) = await responder.answer(Query(id: 1, verb: "harvest", arguments: [:])) else {
                Issue.record("the question is not answered")
                return
            }
            let answer = try JSONDecoder().decode(HarvestAnswer.self, from: Data(json))
            #expect(answer.mode == "act" && answer.manager == "safeguard")
            let loan = try #require(answer.nodes.first?.loans.first)
            #expect(loan.resource == "cpu" && loan.lender == HarvestedNode.donor && loan.borrower == HarvestedNode.starved)
            #expect(loan.amount > 0 && loan.remainingSeconds > 0)
            #expect(answer.nodes.first?.events.isEmpty == false)
        }
        guard case .failure(let code, let sentence) = await responder.answer(
            Query(id: 2, verb: "harvest", arguments: ["node": "w09"]))
        else {
            Issue.record("an unknown node is answered")
            return
        }
        #expect(code == .notFound && sentence.contains("w09"))
    }

    @Test func `where the agent may not change limits another carrier does, and says so`() async throws {
        let node = HarvestedNode(mode: .act)
        node.isEnabled.store(false, ordering: .relaxed)
        try await node.run(carriers: [AgentLimits(hub: node.hub), OtherCarrier(node: node)]) {
            try await eventually("the starved has what the donor does not use") {
                node.cores[HarvestedNode.starved] ?? 0 > 0.9 && node.cores[HarvestedNode.donor] ?? 9 < 0.3
            }
            #expect(node.board.nodes[HarvestedNode.node]?.carrier == "others")
            // Who has begun goes on, even if the agent may do so now.
            node.isEnabled.store(true, ordering: .relaxed)
            try await eventually("more is looked at") { node.board.nodes[HarvestedNode.node]?.loans.isEmpty == false }
            #expect(node.board.nodes[HarvestedNode.node]?.carrier == "others")
        }
        #expect(node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
    }

    @Test func `agents come first, and without a carrier nothing is changed`() async throws {
        let node = HarvestedNode(mode: .act)
        try await node.run(carriers: [AgentLimits(hub: node.hub), OtherCarrier(node: node)]) {
            try await eventually("something is lent") { node.board.nodes[HarvestedNode.node]?.loans.isEmpty == false }
            #expect(node.board.nodes[HarvestedNode.node]?.carrier == "leases")
        }
        let other = HarvestedNode(mode: .act)
        other.isEnabled.store(false, ordering: .relaxed)
        try await other.run {
            try await eventually("what stands in the way is shown") {
                other.board.nodes[HarvestedNode.node]?.remark == "leases are not enabled on w01"
            }
        }
        #expect(other.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5])
    }

    @Test func `what is released goes back and is not lent again until it is resumed`() async throws {
        let node = HarvestedNode(mode: .act)
        var parts = CoordinatorResponder.Parts()
        parts.hub = node.hub
        parts.harvest = node.board
        parts.restoreLimits = { "a pod cannot be put back yet" }
        let responder = CoordinatorResponder(parts: parts, version: "test", time: SystemTime())
        try await node.run(leaseSeconds: 300) {
            try await eventually("something is lent") { node.board.nodes[HarvestedNode.node]?.loans.isEmpty == false }
            guard case .json(let json) = await responder.answer(Query(id: 1, verb: "release", arguments: [:])) else {
                Issue.record("nothing is released")
                return
            }
            let answer = try JSONDecoder().decode(ReleaseAnswer.self, from: Data(json))
            #expect(answer.limits == "a pod cannot be put back yet" && answer.released.isEmpty)
            try await eventually("the users' limits are back, and that is shown") {
                node.cores == [HarvestedNode.donor: 1.5, HarvestedNode.starved: 0.5]
                    && node.board.nodes[HarvestedNode.node]?.remark?.hasPrefix("harvesting is paused") == true
            }
            _ = await responder.answer(Query(id: 2, verb: "resume", arguments: [:]))
            try await eventually("something is lent again") { node.cores[HarvestedNode.donor] ?? 9 < 0.3 }
        }
    }

    @Test func `what happens is told for the history, from the loan to its return`() async throws {
        let node = HarvestedNode(mode: .act)
        try await node.run(leaseSeconds: 300) {
            try await eventually("something is lent") { node.board.nodes[HarvestedNode.node]?.loans.isEmpty == false }
        }
        let items = node.records.withLock { $0 }.flatMap(\.items)
        let lent = try #require(items.first { $0.what == "lent" })
        #expect(lent.resource == "cpu" && lent.lender == "donor" && lent.borrower == "starved" && lent.amount ?? 0 > 0)
        let back = try #require(items.first { $0.what == "returned" })
        #expect(back.lender == "donor" && back.borrower == "starved" && back.reason != nil)
        let lowered = try #require(items.first { $0.what == "limits" && $0.function == "donor" })
        #expect(lowered.before?.millicores == 1_500 && lowered.after?.millicores == 200 && lowered.reason == "to lend")
        func sum(_ what: String) -> Int { items.filter { $0.what == what }.reduce(0) { $0 + ($1.amount ?? 0) } }
        #expect(sum("lent") == sum("returned"))
    }
}
