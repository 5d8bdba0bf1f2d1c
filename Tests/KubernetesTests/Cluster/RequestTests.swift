import Foundation
import HTTPClient
import Kubernetes
import TestSupport
import Testing

extension ClusterTests {
    @Suite("Requests")
    struct RequestTests {
        @Test func `nodes and their resources are read`() async throws {
            try await withClient { client in
                let nodes: [Node] = try await client.list(.nodes)
                #expect(nodes.map(\.metadata.name).sorted() == ["w01", "w02", "w03", "w04"])
                #expect(nodes.allSatisfy { $0.isReady })
                let w03 = try #require(nodes.first { $0.metadata.name == "w03" })
                #expect(w03.status.allocatable?["cpu"] == Quantity("16"))
                #expect(w03.status.allocatable?["memory"]?.whole ?? 0 > 1 << 30)
            }
        }

        @Test func `an object is made, read, changed in each of the four ways, and deleted`() async throws {
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    try await objectLife(client, namespace)
                }
            }
        }

        private func objectLife(_ client: KubernetesClient, _ namespace: String) async throws {
            let made = try await client.create(
                .deployments, deployment("d", replicas: 0), in: namespace, as: Deployment.self)
            #expect(made.spec.replicas == 0)
            let again = await refusal { () throws(KubernetesError) in
                try await client.create(.deployments, deployment("d", replicas: 0), in: namespace)
            }
            #expect(again?.code == .alreadyExists)
            let affinity: JSONValue = [
                "nodeAffinity": [
                    "requiredDuringSchedulingIgnoredDuringExecution": [
                        "nodeSelectorTerms": [
                            [
                                "matchExpressions": [
                                    ["key": "kubernetes.io/hostname", "operator": "In", "values": ["w03"]]
                                ]
                            ]
                        ]
                    ]
                ]
            ]
            let placed = try await client.patch(
                .deployments, named: "d", in: namespace,
                with: .strategicMerge(["spec": ["template": ["spec": ["affinity": affinity]]]]), as: Deployment.self)
            #expect(placed.spec.template?.spec?.affinity == affinity)
            #expect(placed.spec.template?.spec?.containers?.map(\.name) == ["c"], "what stands beside is left")
            let generation = placed.metadata.generation
            let same = try await client.patch(
                .deployments, named: "d", in: namespace,
                with: .strategicMerge(["spec": ["template": ["spec": ["affinity": affinity]]]]), as: Deployment.self)
            #expect(same.metadata.generation == generation, "the same once more is no change")
            let freed = try await client.patch(
                .deployments, named: "d", in: namespace,
                with: .merge(["spec": ["template": ["spec": ["affinity": nil]]]]), as: Deployment.self)
            #expect(freed.spec.template?.spec?.affinity == nil)
            let failing = await refusal { () throws(KubernetesError) in
                try await client.patch(
                    .deployments, named: "d", in: namespace,
                    with: .operations([["op": "test", "path": "/metadata/resourceVersion", "value": "1"]]))
            }
            #expect(failing?.code == .invalid)
            let applied: JSONValue = [
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "d"], "spec": ["replicas": 1],
            ]
            let owned = await refusal { () throws(KubernetesError) in
                try await client.patch(.deployments, named: "d", in: namespace, with: .apply(applied, force: false))
            }
            // The same manager made it by another operation than apply, which owns the field.
            #expect(owned?.code == .conflict)
            #expect(owned?.causes.first?.field == ".spec.replicas")
            let forced = try await client.patch(
                .deployments, named: "d", in: namespace, with: .apply(applied, force: true), as: Deployment.self)
            #expect(forced.spec.replicas == 1)
            try await client.delete(.deployments, named: "d", in: namespace, uid: made.metadata.uid)
            try await eventually("it is gone") {
                await refusal { () throws(KubernetesError) in
                    try await client.get(.deployments, named: "d", in: namespace, as: Deployment.self)
                }?.code == .notFound
            }
        }

        @Test func `a change computed from an old state is a conflict, and a change made anew is not`() async throws {
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    var old = try await client.create(.configMaps, configMap("m", "1"), in: namespace)
                    try await client.patch(
                        .configMaps, named: "m", in: namespace, with: .merge(["data": ["other": "2"]]))
                    old[path: ["data", "value"]] = "3"
                    let stale = old
                    let error = await refusal { () throws(KubernetesError) in
                        try await client.replace(.configMaps, named: "m", in: namespace, with: stale)
                    }
                    #expect(error?.code == .conflict)
                    #expect(error?.reason == "Conflict")
                    let version = try #require(old[path: ["metadata", "resourceVersion"]])
                    let patch = await refusal { () throws(KubernetesError) in
                        try await client.patch(
                            .configMaps, named: "m", in: namespace,
                            with: .merge(["metadata": ["resourceVersion": version]]))
                    }
                    #expect(patch?.code == .conflict)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<4 {
                            group.addTask {
                                try await client.change(.configMaps, named: "m", in: namespace, tries: 20) { object in
                                    object[path: ["data", "key\(number)"]] = "x"
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    let end: JSONValue = try await client.get(.configMaps, named: "m", in: namespace)
                    for key in ["other", "key0", "key1", "key2", "key3"] {
                        #expect(end[path: ["data", key]] != nil, "\(key) was lost")
                    }
                }
            }
        }

        @Test func `pages, selectors and metadata alone`() async throws {
            try await withClient(settings: ClientSettings(burst: 1_000, requestsPerSecond: 1_000, pageSize: 3)) {
                client in
                try await withNamespace(client) { namespace in
                    for number in 0..<8 {
                        var object = configMap("m\(number)")
                        object[path: ["metadata", "labels"]] = [
                            "parity": .string(number.isMultiple(of: 2) ? "even" : "odd")
                        ]
                        try await client.create(.configMaps, object, in: namespace)
                    }
                    let even: [MetadataOnly] = try await client.list(
                        .configMaps, ObjectSelection(namespace: namespace, labels: "parity=even"))
                    #expect(even.map(\.metadata.name).sorted() == ["m0", "m2", "m4", "m6"])
                    #expect(even.first?.metadata.labels == ["parity": "even"])
                    let one: [MetadataOnly] = try await client.list(
                        .configMaps, ObjectSelection(namespace: namespace, fields: "metadata.name=m5"))
                    #expect(one.map(\.metadata.name) == ["m5"])
                }
            }
        }

        @Test func `scale, eviction and budgets`() async throws {
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    try await client.create(.deployments, deployment("d", replicas: 1), in: namespace)
                    let scale = try await client.scale(of: "d", in: namespace)
                    try await client.scale("d", in: namespace, to: 2, resourceVersion: nil)
                    let stale = await refusal { () throws(KubernetesError) in
                        try await client.scale(
                            "d", in: namespace, to: 3, resourceVersion: scale.metadata.resourceVersion)
                    }
                    #expect(stale?.code == .conflict)
                    let negative = await refusal { () throws(KubernetesError) in
                        try await client.scale("d", in: namespace, to: -1)
                    }
                    #expect(negative?.code == .invalid)
                    try await eventually("both pods are ready") {
                        try await client.get(.deployments, named: "d", in: namespace, as: Deployment.self).isRolledOut
                    }
                    try await evict(client, namespace)
                }
            }
        }

        private func evict(_ client: KubernetesClient, _ namespace: String) async throws {
            let pods: [Pod] = try await client.list(.pods, ObjectSelection(namespace: namespace, labels: "app=d"))
            let pod = try #require(pods.first)
            #expect(pods.allSatisfy { $0.isReady })
            let budgets = ResourceKind(group: "policy", version: "v1beta1", plural: "poddisruptionbudgets")
            try await client.create(
                budgets,
                ["metadata": ["name": "b"], "spec": ["minAvailable": 2, "selector": ["matchLabels": ["app": "d"]]]]
                    as JSONValue,
                in: namespace)
            try await eventually("the budget is known to its controller") {
                let budget: JSONValue = try await client.get(budgets, named: "b", in: namespace)
                return budget[path: ["status", "expectedPods"]] == 2
            }
            let blocked = await refusal { () throws(KubernetesError) in
                try await client.evict(pod.metadata.name, in: namespace)
            }
            #expect(blocked?.code == .disruptionBudget)
            try await client.delete(budgets, named: "b", in: namespace)
            try await client.evict(pod.metadata.name, in: namespace, uid: pod.metadata.uid)
            let gone = await refusal { () throws(KubernetesError) in try await client.evict("nobody", in: namespace) }
            #expect(gone?.code == .notFound)
            let canResize = try await client.canResizePods()
            #expect(!canResize, "this server is older than that")
            let resize = await refusal { () throws(KubernetesError) in
                try await client.resize(
                    "p", in: namespace, containers: ["c": .init(limits: ["cpu": Quantity(milli: 500)])])
            }
            #expect(resize?.code == .notFound)
            #expect(resize?.description.contains("1.33") == true)
        }

        @Test func `a pod is bound once`() async throws {
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    var object = deployment("d", replicas: 1)
                    object[path: ["spec", "template", "spec", "schedulerName"]] = "nobody"
                    try await client.create(.deployments, object, in: namespace)
                    try await eventually("the pod is there") {
                        try await client.list(.pods, ObjectSelection(namespace: namespace), as: Pod.self).count == 1
                    }
                    let pods: [Pod] = try await client.list(.pods, ObjectSelection(namespace: namespace))
                    let name = try #require(pods.first).metadata.name
                    try await client.bind(name, in: namespace, to: "w02")
                    let twice = await refusal { () throws(KubernetesError) in
                        try await client.bind(name, in: namespace, to: "w03")
                    }
                    #expect(twice?.code == .conflict)
                    let bound: Pod = try await client.get(.pods, named: name, in: namespace)
                    #expect(bound.spec.nodeName == "w02")
                }
            }
        }

        @Test func `a lease is taken by one, and events are written`() async throws {
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    var lease = LeaseObject(name: "l", namespace: namespace)
                    lease.holderIdentity = "one"
                    lease.leaseDurationSeconds = 15
                    lease.renewTime = WallTime.micro(Date())
                    let made = try await client.create(.leases, lease, in: namespace, as: LeaseObject.self)
                    var renewed = made
                    renewed.renewTime = WallTime.micro(Date().addingTimeInterval(1))
                    let second = try await client.replace(
                        .leases, named: "l", in: namespace, with: renewed, as: LeaseObject.self)
                    #expect(second.metadata.resourceVersion != made.metadata.resourceVersion)
                    let late = await refusal { () throws(KubernetesError) in
                        try await client.replace(.leases, named: "l", in: namespace, with: made)
                    }
                    #expect(late?.code == .conflict)
                    let name = try await client.record(
                        EventNote(
                            about: .init(
                                apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: namespace, name: "l"),
                            reason: "Taken", message: "one has it"), at: Date())
                    let event: JSONValue = try await client.get(.events, named: name, in: namespace)
                    #expect(event["message"] == "one has it")
                    #expect(event[path: ["source", "component"]] == "reeve")
                }
            }
        }

        @Test func `who may not is told so once, and can ask beforehand`() async throws {
            try await withClient("nobody") { client in
                let error = await refusal { () throws(KubernetesError) in
                    try await client.get(.nodes, named: "w01", as: Node.self)
                }
                #expect(error?.code == .forbidden)
                #expect(error?.description.contains("nodes \"w01\" is forbidden") == true)
                let answer = try await client.ask(AccessQuestion("list", .pods, in: "openfaas-fn"))
                #expect(!answer.isAllowed)
            }
            try await withClient("coordinator") { client in
                let scale = try await client.ask(
                    AccessQuestion("patch", .deployments, subresource: "scale", in: "openfaas-fn"))
                #expect(scale.isAllowed)
                let delete = try await client.ask(AccessQuestion("delete", .deployments, in: "openfaas-fn"))
                #expect(!delete.isAllowed)
            }
        }

        @Test func `every write says who writes`() async throws {
            try await withClient { client in
                try await withNamespace(client) { namespace in
                    let made = try await client.create(.configMaps, configMap("m"), in: namespace)
                    guard case .array(let managers) = made[path: ["metadata", "managedFields"]] else {
                        Issue.record("no managedFields in \(made)")
                        return
                    }
                    #expect(managers.map { $0["manager"] } == ["reeve"])
                }
            }
        }
    }
}
