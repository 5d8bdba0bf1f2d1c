import Foundation
import Testing

@testable import Kubernetes

@Suite("Objects")
struct ObjectTests {
    private func decode<T: Decodable>(_ text: String) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(text.utf8))
    }

    @Test func `what is not known is kept when an object is written back`() throws {
        let text =
            "{\"apiVersion\":\"coordination.k8s.io/v1\",\"extra\":[1,2.5,null,true,\"x\"],\"kind\":\"Lease\",\"metada"
                + "ta\":{\"name\":\"l\",\"namespace\":\"n\",\"resourceVersion\":\"7\"},\"spec\":{\"future\":{\"a\":90"
                + "07199254740993},\"holderIdentity\":\"me\"}}"
        var lease: LeaseObject = try decode(text)
        #expect(lease.holderIdentity == "me")
        #expect(lease.metadata.resourceVersion == "7")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(String(decoding: try encoder.encode(lease), as: UTF8.self) == text)
        lease.leaseDurationSeconds = 15
        lease.holderIdentity = nil
        #expect(lease.json[path: ["spec", "leaseDurationSeconds"]] == 15)
        #expect(lease.json[path: ["spec", "holderIdentity"]] == nil)
        #expect(lease.json[path: ["spec", "future", "a"]] == 9_007_199_254_740_993)
    }

    @Test func `a rollout is done when every pod is a new one, is available, and no old one is left`() throws {
        func deployment(_ status: String) throws -> Deployment {
            try decode(
                "{\"metadata\":{\"name\":\"d\",\"generation\":2},\"spec\":{\"replicas\":2},\"status\":\(status)}")
        }
        let done = "{\"observedGeneration\":2,\"replicas\":2,\"updatedReplicas\":2,\"availableReplicas\":2}"
        #expect(try deployment(done).isRolledOut)
        for (part, other) in [
            ("\"observedGeneration\":2", "\"observedGeneration\":1"), ("\"replicas\":2", "\"replicas\":3"),
            ("\"updatedReplicas\":2", "\"updatedReplicas\":1"), ("\"availableReplicas\":2", "\"x\":2"),
        ] {
            #expect(try !deployment(done.replacing(part, with: other, maxReplacements: 1)).isRolledOut, "\(other)")
        }
        #expect(try !deployment("{}").isRolledOut)
    }

    @Test func `a pod on its way out is not ready, and one without a place says why`() throws {
        let ready: Pod = try decode(
            "{\"metadata\":{\"name\":\"p\"},\"spec\":{},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\""
                + "True\"}]}}"
        )
        #expect(ready.isReady)
        let going: Pod = try decode(
            "{\"metadata\":{\"name\":\"p\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"},\"spec\":{},\"status\":{\""
                + "conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}"
        )
        #expect(!going.isReady)
        let stuck: Pod = try decode(
            "{\"metadata\":{\"name\":\"p\"},\"spec\":{},\"status\":{\"conditions\":[{\"type\":\"PodScheduled\",\"stat"
                + "us\":\"False\",\"reason\":\"Unschedulable\",\"message\":\"0/4 nodes\"}]}}"
        )
        #expect(stuck.unschedulableMessage == "0/4 nodes")
        #expect(ready.unschedulableMessage == nil)
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000000Z"), (1_767_323_045.25, "2026-01-02T03:04:05.250000Z"),
    ])
    func `moments are written with six decimals`(seconds: Double, text: String) {
        #expect(WallTime.micro(Date(timeIntervalSince1970: seconds)) == text)
        #expect(WallTime.parse(text) == Date(timeIntervalSince1970: seconds))
    }

    @Test func `moments are read in any zone and refused when they are none`() {
        #expect(WallTime.parse("2026-01-02T04:04:05+01:00") == Date(timeIntervalSince1970: 1_767_323_045))
        #expect(WallTime.parse("2026-01-02T04:04:05.5+01:00") == Date(timeIntervalSince1970: 1_767_323_045.5))
        for text in ["", "yesterday", "2026-01-02", "2026-01-02T03:04:05.Z"] { #expect(WallTime.parse(text) == nil) }
    }

    @Test func `names cannot lead a path elsewhere`() {
        #expect(
            ResourceKind.pods.path(in: "a/b", named: "..", subresource: "x?y")
                == "/api/v1/namespaces/a%2Fb/pods/%2E%2E/x%3Fy")
        #expect(
            ResourceKind.deployments.path(in: "n", named: "d", subresource: "scale")
                == "/apis/apps/v1/namespaces/n/deployments/d/scale")
        #expect(ResourceKind.nodes.path(in: "n", named: "w01") == "/api/v1/nodes/w01")
    }
}
