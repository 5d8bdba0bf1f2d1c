import Foundation
import Testing
import Topology

@testable import Kubernetes

/// What may be changed in which pod.
@Suite struct ResizePlanTests {
    private static let id = String(repeating: "a1", count: 32)

    /// A running pod of one container with `resources`, and more fields of its spec and its container.
    private func pod(_ resources: String, spec: String = "", container: String = "") throws -> ResizablePod {
        let json = """
            {"metadata": {"name": "p", "namespace": "fn", "generation": 2},
             "spec": {"containers": [{"name": "c", "resources": \(resources)\(container)}]\(spec)},
             "status": {"phase": "Running",
                "containerStatuses": [{"name": "c", "containerID": "containerd://\(Self.id)", "resources": \(resources)}]}}
            """
        return try JSONDecoder().decode(ResizablePod.self, from: Data(json.utf8))
    }

    private func plan(_ pod: ResizablePod, cores: Double?, mebibytes: UInt64? = nil) throws(ResizeRefusal) -> ResizePlan {
        try ResizePlan(
            LeaseRequest(
                id: LeaseID(rawValue: 1), containerID: Self.id, cpuCores: cores, memoryBytes: mebibytes.map { $0 << 20 },
                durationNanoseconds: 1), in: pod)
    }

    private func refusal(_ pod: ResizablePod, cores: Double?, mebibytes: UInt64? = nil) -> String? {
        do throws(ResizeRefusal) {
            _ = try plan(pod, cores: cores, mebibytes: mebibytes)
            return nil
        } catch {
            return error.sentence
        }
    }

    @Test func `a limit above the request is changed alone`() throws {
        let pod = try pod(#"{"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}}"#)
        let plan = try plan(pod, cores: 0.4, mebibytes: 256)
        #expect(plan.container == "c")
        #expect(
            plan.found == Pod.Resources(limits: ["cpu": Quantity(milli: 1_000), "memory": Quantity(nano: 134_217_728_000_000_000)]))
        #expect(
            plan.granted
                == Pod.Resources(limits: ["cpu": Quantity(milli: 400), "memory": Quantity(nano: 268_435_456_000_000_000)]))
    }

    @Test func `a request above the new limit becomes the limit, for the server refuses it otherwise`() throws {
        let pod = try pod(#"{"requests": {"cpu": "500m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}}"#)
        let plan = try plan(pod, cores: 0.2)
        #expect(plan.granted == Pod.Resources(requests: ["cpu": Quantity(milli: 200)], limits: ["cpu": Quantity(milli: 200)]))
        #expect(plan.found.requests == ["cpu": Quantity(milli: 500)])
    }

    @Test func `requests stay the limits in a pod of class Guaranteed`() throws {
        let pod = try pod(#"{"requests": {"cpu": "1", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}}"#)
        let plan = try plan(pod, cores: 2)
        #expect(
            plan.granted == Pod.Resources(requests: ["cpu": Quantity(milli: 2_000)], limits: ["cpu": Quantity(milli: 2_000)]))
    }

    @Test func `a change that makes requests the limits is refused, for the class would change`() throws {
        let pod = try pod(#"{"requests": {"cpu": "500m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}}"#)
        #expect(refusal(pod, cores: 0.3) == "the pod's class would become Guaranteed and must stay Burstable")
        #expect(refusal(pod, cores: 0.8) == nil)
    }

    @Test func `nothing is changed that would restart the container, has no limit, or is another's`() throws {
        let limits = #"{"requests": {"cpu": "100m"}, "limits": {"cpu": "1"}}"#
        let restarts = try pod(
            limits, container: #", "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]"#)
        #expect(refusal(restarts, cores: 0.4)?.contains("RestartContainer") == true)
        #expect(refusal(try pod(limits), cores: nil, mebibytes: 100) == "the container has no limit of memory")
        #expect(refusal(try pod(limits), cores: nil) == "neither a CPU nor a memory limit is asked for")
        #expect(refusal(try pod(limits), cores: 1) == "the container has these limits already")
        #expect(
            refusal(try pod(limits, spec: #", "resources": {"limits": {"cpu": "4"}}"#), cores: 0.4)
                == "the pod has limits for all its containers together")
        let other = try ResizePlanTests.decoded(
            #"{"metadata": {"name": "p"}, "spec": {"containers": []}, "status": {"phase": "Running"}}"#)
        #expect(refusal(other, cores: 0.4) == "the pod has no such container any more")
        let ended = try ResizePlanTests.decoded(
            #"{"metadata": {"name": "p"}, "spec": {"containers": []}, "status": {"phase": "Succeeded"}}"#)
        #expect(refusal(ended, cores: 0.4)?.hasPrefix("the pod is Succeeded") == true)
    }

    private static func decoded(_ json: String) throws -> ResizablePod {
        try JSONDecoder().decode(ResizablePod.self, from: Data(json.utf8))
    }

    @Test func `the node's words say how far it has got`() throws {
        func progress(_ conditions: String, cpu: String = "400m", observed: String = "") throws -> ResizeProgress {
            let pod = try Self.decoded(
                """
                {"metadata": {"name": "p", "generation": 3}, "spec": {"containers": []},
                 "status": {"conditions": [\(conditions)]\(observed),
                    "containerStatuses": [{"name": "c", "resources": {"limits": {"cpu": "\(cpu)"}}}]}}
                """)
            return ResizeProgress(of: "c", to: Pod.Resources(limits: ["cpu": Quantity(milli: 400)]), in: pod)
        }
        func pending(_ reason: String) -> String {
            #"{"type": "PodResizePending", "status": "True", "reason": "\#(reason)", "message": "m"}"#
        }
        #expect(try progress("") == .done)
        #expect(try progress("", cpu: "1") == .underWay)
        #expect(try progress("", observed: #", "observedGeneration": 2"#) == .underWay)
        #expect(try progress("", observed: #", "observedGeneration": 3"#) == .done)
        #expect(try progress(pending("Deferred")) == .deferred("Deferred: m"))
        #expect(try progress(pending("Infeasible")) == .infeasible("Infeasible: m"))
        #expect(try progress(#"{"type": "PodResizeInProgress", "status": "True"}"#) == .underWay)
        #expect(
            try progress(#"{"type": "PodResizeInProgress", "status": "True", "reason": "Error", "message": "e"}"#)
                == .infeasible("Error: e"))
        #expect(try progress(#"{"type": "PodResizePending", "status": "False", "reason": "Deferred"}"#) == .done)
    }
}
