import Cluster
import Foundation
import Logging
import Measures
import Testing
import Topology

@testable import Kubernetes

/// Limits changed by resizing pods, on a server that can and with kubelets that do so or do not.
@Suite(.timeLimit(.minutes(10))) struct PodResizerTests {
    private static let node = NodeName("w01")
    private static let id = String(repeating: "d0", count: 32)
    private static let container = LimitedContainer(containerID: id, namespace: "fn", pod: "p")
    private static let patience: UInt64 = 3_000_000_000

    private let time = ManualTime(start: MonotonicInstant(nanoseconds: 1_000_000_000_000))

    private func resizer(
        _ client: KubernetesClient, identity: String = "a", objection: String? = nil
    ) -> PodResizer {
        PodResizer(
            client: client, settings: ResizeSettings(identity: identity, namespace: "fn"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, time: time, objection: { objection },
            pause: { [time] in time.advance(byNanoseconds: $0) })
    }

    private func request(_ id: UInt64 = 1, cores: Double = 0.2) -> LeaseRequest {
        LeaseRequest(
            id: LeaseID(rawValue: id), containerID: Self.id, cpuCores: cores, memoryBytes: nil,
            durationNanoseconds: 10_000_000_000)
    }

    private func order(_ resizer: PodResizer, _ order: LeaseOrder) async -> LeaseEvent? {
        await resizer.carryOut(order, of: Self.container, on: Self.node, patienceNanoseconds: Self.patience).event
    }

    /// A server with the pod p, of class Burstable, whose container may use 1.5 CPUs.
    private func withPod(_ body: (ResizePods, KubernetesClient) async throws -> Void) async throws {
        let pods = try await ResizePods()
        pods.add("p", id: Self.id, requests: ["cpu": "100m"], limits: ["cpu": "1500m"])
        try await pods.serve { try await body(pods, $0) }
    }

    @Test func `a limit is noted, changed, renewed and put back, and the note goes last`() async throws {
        try await withPod { pods, client in
            let resizer = resizer(client)
            await resizer.turn()
            #expect(await resizer.state(of: Self.node, after: 0).obstacle == nil)
            #expect(await order(resizer, .take(request()))?.kind == .granted)
            var seen = pods.look(at: "p")
            #expect(seen.wanted == "200m" && seen.actual == "200m" && seen.label == "true")
            #expect(seen.note?.contains("\"limits\":{\"cpu\":\"1500m\"}") == true)
            time.advance(byNanoseconds: 6_000_000_000)
            #expect(await order(resizer, .take(request()))?.kind == .renewed)
            let held = try #require(await resizer.state(of: Self.node, after: 0).held?.first)
            #expect(held.id.rawValue == 1 && held.remainingNanoseconds == 10_000_000_000)
            let ended = await order(resizer, .end(LeaseID(rawValue: 1)))
            #expect(ended?.kind == .ended && ended?.reason == .returned)
            seen = pods.look(at: "p")
            #expect(seen == .unmarked("1500m"))
            #expect(pods.state.writes == ["note p", "resize p", "resize p", "note p"])
            let events = await resizer.state(of: Self.node, after: 1).events.map(\.kind)
            #expect(events == [.renewed, .ended])
        }
    }

    @Test(arguments: [ResizePods.Kubelet.defers, .cannot])
    func `what a node cannot carry out is taken back and refused with its words`(
        kubelet: ResizePods.Kubelet
    ) async throws {
        try await withPod { pods, client in
            let resizer = resizer(client)
            pods.change { $0.kubelet = kubelet }
            let event = await order(resizer, .take(request(cores: 3)))
            #expect(event?.kind == .refused)
            #expect(event?.sentence?.contains("node has 4 CPUs") == true, "\(event?.sentence ?? "")")
            #expect(pods.look(at: "p") == .unmarked("1500m"))
            #expect(await resizer.state(of: Self.node, after: 0).held == [])
        }
    }

    @Test(arguments: [(403, "Forbidden", "node has not enough cpu"), (422, "Invalid", "may not change")])
    func `what the server refuses leaves nothing behind`(code: Int, reason: String, message: String) async throws {
        try await withPod { pods, client in
            let resizer = resizer(client)
            pods.change { $0.refusal = (code, reason, message) }
            let event = await order(resizer, .take(request()))
            #expect(event?.kind == .refused && event?.sentence?.contains(message) == true)
            #expect(pods.look(at: "p") == .unmarked("1500m"))
        }
    }

    @Test func `a limit that nobody renews is put back when its time is over, and tried again where that fails`() async throws {
        try await withPod { pods, client in
            let resizer = resizer(client)
            await resizer.turn()
            _ = await order(resizer, .take(request()))
            time.advance(byNanoseconds: 9_000_000_000)
            await resizer.turn()
            #expect(pods.look(at: "p").wanted == "200m")
            pods.change { $0.refusal = (403, "Forbidden", "not now") }
            time.advance(byNanoseconds: 2_000_000_000)
            await resizer.turn()
            #expect(pods.look(at: "p").note != nil)
            #expect(await resizer.state(of: Self.node, after: 1).events.map(\.kind) == [.delayed])
            pods.change { $0.refusal = nil }
            time.advance(byNanoseconds: 6_000_000_000)
            await resizer.turn()
            #expect(pods.look(at: "p") == .unmarked("1500m"))
            let last = await resizer.state(of: Self.node, after: 2).events.last
            #expect(last?.kind == .ended && last?.reason == .expired)
        }
    }

    @Test func `a successor puts back what a dead coordinator has left, and not what somebody else has set`() async throws {
        try await withPod { pods, client in
            pods.add("q", id: String(repeating: "5a", count: 32), requests: [:], limits: ["cpu": "500m"])
            let dead = resizer(client, identity: "dead")
            _ = await order(dead, .take(request()))
            let other = LimitedContainer(containerID: String(repeating: "5a", count: 32), namespace: "fn", pod: "q")
            var take = request(2, cores: 0.8)
            take.containerID = other.containerID
            _ = await dead.carryOut(.take(take), of: other, on: Self.node, patienceNanoseconds: Self.patience)
            #expect(pods.look(at: "q").wanted == "800m")
            // Somebody gives q other limits by hand.
            pods.change { state in
                let foreign: JSONValue = ["name": "c", "resources": ["requests": [:], "limits": ["cpu": "2"]]]
                state.pods["q"]?[path: ["spec", "containers"]] = [foreign]
            }
            let standby = resizer(client, identity: "b", objection: "dead leads, and b stands by")
            await standby.turn()
            #expect(pods.look(at: "p").wanted == "200m", "only who leads changes anything")
            let successor = resizer(client, identity: "c")
            let refused = await order(successor, .take(request(3, cores: 0.3)))
            #expect(refused?.sentence == "another coordinator has resized the pod, and that is not put back yet")
            await successor.turn()
            #expect(pods.look(at: "p") == .unmarked("1500m"))
            #expect(pods.look(at: "q").wanted == "2" && pods.look(at: "q").note == nil)
            // Once is enough.
            let writes = pods.state.writes.count
            await successor.turn()
            #expect(pods.state.writes.count == writes)
        }
    }

    @Test func `a coordinator that died between the note and the resize has changed nothing`() async throws {
        try await withPod { pods, client in
            let dead = resizer(client, identity: "dead")
            _ = await order(dead, .take(request()))
            pods.change { state in
                let found: JSONValue = ["name": "c", "resources": ["requests": ["cpu": "100m"], "limits": ["cpu": "1500m"]]]
                state.pods["p"]?[path: ["spec", "containers"]] = [found]
            }
            await resizer(client, identity: "c").turn()
            #expect(pods.look(at: "p").note == nil)
            #expect(pods.state.writes == ["note p", "resize p", "note p"])
        }
    }

    @Test func `a server without the subresource is an obstacle, and nothing is sent`() async throws {
        try await withPod { pods, client in
            pods.change { $0.hasResize = false }
            let resizer = resizer(client)
            await resizer.turn()
            let obstacle = await resizer.state(of: Self.node, after: 0).obstacle
            #expect(obstacle?.contains("no pods/resize") == true)
            #expect(await order(resizer, .take(request()))?.kind == .refused)
            #expect(pods.state.writes.allSatisfy { !$0.hasPrefix("resize") })
        }
    }

    @Test func `a pod that is gone ends its lease, and what is no lease is refused`() async throws {
        try await withPod { pods, client in
            let resizer = resizer(client)
            _ = await order(resizer, .take(request()))
            #expect(await order(resizer, .take(request(2)))?.kind == .refused, "one at a time")
            pods.change { $0.pods["p"] = nil }
            #expect(await order(resizer, .end(LeaseID(rawValue: 1)))?.kind == .ended)
            #expect(await order(resizer, .end(LeaseID(rawValue: 1)))?.kind == .refused)
            #expect(await order(resizer, .take(request(3)))?.kind == .refused)
            #expect(await resizer.state(of: Self.node, after: 0).held == [])
        }
    }

    @Test func `who may not act sends nothing`() async throws {
        try await withPod { pods, client in
            let resizer = resizer(client, objection: "b leads, and a stands by")
            let outcome = await resizer.carryOut(
                .take(request()), of: Self.container, on: Self.node, patienceNanoseconds: Self.patience)
            #expect(outcome == .notSent("b leads, and a stands by"))
            #expect(pods.state.writes.isEmpty)
        }
    }
}
