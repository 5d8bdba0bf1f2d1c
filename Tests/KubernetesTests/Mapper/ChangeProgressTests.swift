import Measures
import Testing

@testable import Kubernetes

@Suite("The progress of a change")
struct ChangeProgressTests {
    private typealias View = ChangeProgress.View
    private let start = MonotonicInstant(nanoseconds: 1_000)
    private let settings = MapperSettings(namespace: "n", changeSeconds: 10, obstacleMilliseconds: 500)

    private func after(_ milliseconds: UInt64) -> MonotonicInstant {
        start.advanced(byNanoseconds: milliseconds * 1_000_000)
    }

    private func deployment(
        generation: Int64 = 2, mark: String? = "2", done: Bool = false, failure: String? = nil
    ) throws -> Deployment {
        var object = stored("f", generation: generation)
        object[path: ["spec", "template", "metadata", "labels", "reeve.dev/placement"]] = mark.map { .string($0) }
        object["status"] = [
            "observedGeneration": .integer(generation), "replicas": done ? 1 : 2, "updatedReplicas": 1,
            "availableReplicas": 1,
        ]
        if let failure {
            object[path: ["status", "conditions"]] = [
                ["type": "ReplicaFailure", "status": "True", "message": .string(failure)]
            ]
        }
        return try typed(object)
    }

    private enum PodState { case ready, starting, unschedulable, failed, ending }

    private func pod(_ state: PodState, on node: String = "w01", mark: String? = "2") throws -> Pod {
        var object: JSONValue = ["metadata": ["name": "p"], "spec": [:], "status": ["phase": "Running"]]
        object[path: ["metadata", "labels", "reeve.dev/placement"]] = mark.map { .string($0) }
        object[path: ["spec", "nodeName"]] = .string(node)
        switch state {
        case .ready: object[path: ["status", "conditions"]] = [["type": "Ready", "status": "True"]]
        case .starting: break
        case .failed: object[path: ["status", "phase"]] = "Failed"
        case .ending: object[path: ["metadata", "deletionTimestamp"]] = "2026-01-02T03:04:05Z"
        case .unschedulable:
            object[path: ["spec", "nodeName"]] = nil
            object[path: ["status", "conditions"]] = [
                ["type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "1 Insufficient cpu"]
            ]
        }
        return try typed(object)
    }

    private func progress(nodes: Set<String>? = ["w01"]) -> ChangeProgress {
        ChangeProgress(
            of: ["f": .init(generation: 2, mark: "2", nodes: nodes)], settings: settings, now: start)
    }

    private func view(_ deployment: Deployment?, _ pods: Pod...) -> [String: View] {
        ["f": View(deployment: deployment, pods: pods)]
    }

    @Test func `a move is done when the new pod is ready where it is to be and the old one is told to go`() throws {
        var progress = progress()
        let old = try pod(.ready, on: "w02", mark: nil)
        let waiting = ChangeProgress.Action.wait(until: after(10_000))
        #expect(progress.step(view(try deployment(generation: 1, mark: nil, done: true), old), now: start) == waiting)
        #expect(progress.step(view(try deployment(), old), now: start) == waiting)
        #expect(progress.step(view(try deployment(), old, try pod(.starting)), now: start) == waiting)
        #expect(progress.step(view(try deployment(), old, try pod(.ready)), now: start) == waiting)
        #expect(progress.step(view(try deployment(done: true), try pod(.ready)), now: start) == .finish)
        #expect(progress.step([:], now: after(99_000)) == .finish, "the end is the end")
    }

    @Test func `a ready pod elsewhere, of another placement or on its way out is none`() throws {
        var progress = progress()
        for pod in [try pod(.ready, on: "w02"), try pod(.ready, mark: "1"), try pod(.ending)] {
            let action = progress.step(view(try deployment(done: true), pod), now: start)
            #expect(action == .wait(until: after(10_000)))
        }
    }

    @Test func `by the scheduler's choice any node will do`() throws {
        var progress = progress(nodes: nil)
        #expect(progress.step(view(try deployment(done: true), try pod(.ready, on: "w04")), now: start) == .finish)
    }

    @Test func `a pod that finds no node has the change taken back within a second`() throws {
        var progress = progress()
        let stuck = view(try deployment(), try pod(.unschedulable), try pod(.ready, on: "w02", mark: nil))
        #expect(progress.step(stuck, now: after(100)) == .wait(until: after(600)))
        #expect(progress.step(stuck, now: after(599)) == .wait(until: after(600)))
        let reason = "f: no node is found for its pod: 1 Insufficient cpu"
        #expect(progress.step(stuck, now: after(600)) == .takeBack(because: reason))
        #expect(progress.step(stuck, now: after(601)) == .takeBack(because: reason), "until it has been")
        progress.takenBack(["f": 3], now: after(610))
        #expect(progress.step(stuck, now: after(610)) == .wait(until: after(10_610)))
        let back = view(try deployment(generation: 3, mark: nil, done: true), try pod(.ready, on: "w02", mark: nil))
        #expect(progress.step(back, now: after(700)) == .fail(because: reason))
    }

    @Test func `an obstacle that goes away in time is none, and its time begins anew`() throws {
        var progress = progress()
        let stuck = view(try deployment(), try pod(.unschedulable))
        #expect(progress.step(stuck, now: after(0)) == .wait(until: after(500)))
        let going = view(try deployment(), try pod(.starting))
        #expect(progress.step(going, now: after(400)) == .wait(until: after(10_000)))
        #expect(progress.step(stuck, now: after(600)) == .wait(until: after(1_100)))
    }

    @Test func `a pod that fails, or is not let be made, is an obstacle`() throws {
        for (deployment, pods, words) in [
            (try deployment(), [try pod(.failed)], "f: pod p has failed"),
            (try deployment(failure: "exceeded quota: q"), [], "f: its pod is not made: exceeded quota: q"),
        ] {
            var progress = progress()
            let view = ["f": View(deployment: deployment, pods: pods)]
            #expect(progress.step(view, now: after(0)) == .wait(until: after(500)))
            #expect(progress.step(view, now: after(500)) == .takeBack(because: words))
        }
    }

    @Test func `what does not come in time is taken back, and what was there may take its time as well`() throws {
        var progress = progress()
        let slow = view(try deployment(), try pod(.starting))
        #expect(progress.step(slow, now: after(9_999)) == .wait(until: after(10_000)))
        let reason = "f: 0 of 1 new pods are ready, after 10 s"
        #expect(progress.step(slow, now: after(10_000)) == .takeBack(because: reason))
        progress.takenBack(["f": 3], now: after(10_000))
        #expect(progress.step(slow, now: after(19_999)) == .wait(until: after(20_000)))
        let late = "\(reason); what was there before is not complete yet"
        #expect(progress.step(slow, now: after(20_000)) == .fail(because: late))
    }

    @Test func `somebody else's change, or the end of the Deployment, ends the change`() throws {
        var changed = progress()
        let foreign = view(try deployment(generation: 3, mark: "3"))
        #expect(
            changed.step(foreign, now: start)
                == .takeBack(because: "somebody else has changed deployment f meanwhile"))
        var gone = progress()
        #expect(gone.step(view(nil), now: start) == .takeBack(because: "deployment f is gone"))
        gone.takenBack([:], now: start)
        #expect(gone.step(view(nil), now: start) == .fail(because: "deployment f is gone"))
    }

    @Test func `functions that move together are done together, and one that cannot takes the others back`() throws {
        let part = ChangeProgress.Part(generation: 2, mark: "2", nodes: ["w01"])
        let done = View(deployment: try deployment(done: true), pods: [try pod(.ready)])
        let stuck = View(deployment: try deployment(), pods: [try pod(.unschedulable)])
        var good = ChangeProgress(of: ["f": part, "g": part], settings: settings, now: start)
        #expect(good.step(["f": done, "g": stuck], now: start) == .wait(until: after(500)))
        #expect(good.step(["f": done, "g": done], now: after(400)) == .finish)
        var bad = ChangeProgress(of: ["f": part, "g": part], settings: settings, now: start)
        #expect(bad.step(["f": done, "g": stuck], now: start) == .wait(until: after(500)))
        #expect(
            bad.step(["f": done, "g": stuck], now: after(500))
                == .takeBack(because: "g: no node is found for its pod: 1 Insufficient cpu"))
    }
}
