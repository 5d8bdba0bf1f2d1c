import Testing

@testable import Kubernetes

@Suite("What is checked before a change")
struct CheckTests {
    private static func node(
        ready: String = "True", cordoned: Bool = false, taints: [JSONValue] = [], labels: JSONValue = ["disk": "ssd"]
    ) -> JSONValue {
        [
            "metadata": ["name": "w01", "labels": labels],
            "spec": ["unschedulable": .boolean(cordoned), "taints": .array(taints)],
            "status": ["conditions": [["type": "Ready", "status": .string(ready)]]],
        ]
    }

    private static let taint: JSONValue = ["key": "gpu", "value": "yes", "effect": "NoSchedule"]

    @Test(
        "A node takes pods that may go there",
        arguments: [
            (node(), [:], nil), (node(ready: "Unknown"), [:], "node w01 is not ready"),
            (node(cordoned: true), [:], "node w01 is cordoned"),
            (
                node(taints: [taint]), [:],
                "node w01 has the taint gpu=yes:NoSchedule, which its pods do not tolerate"
            ),
            (node(taints: [taint]), ["tolerations": [["key": "gpu", "operator": "Exists"]]], nil),
            (node(taints: [["key": "gpu", "effect": "PreferNoSchedule"]]), [:], nil),
            (node(), ["nodeSelector": ["disk": "ssd"]], nil),
            (
                node(), ["nodeSelector": ["disk": "hdd"]],
                "its nodeSelector wants disk=hdd, which node w01 does not have"
            ),
        ] as [(JSONValue, JSONValue, String?)])
    func nodes(node: JSONValue, template: JSONValue, expected: String?) throws {
        #expect(PlacementCheck.objection(to: template, on: try typed(node), named: "w01") == expected)
    }

    @Test func `a node that is not there takes nothing`() {
        #expect(PlacementCheck.objection(to: [:], on: nil, named: "w09") == "there is no node w09")
    }

    @Test(
        "Tolerations",
        arguments: [
            (Toleration(key: "gpu", operator: "Equal", value: "yes", effect: "NoSchedule"), true),
            (Toleration(key: "gpu", value: "yes"), true), (Toleration(key: "gpu", value: "no"), false),
            (Toleration(key: "gpu"), false), (Toleration(key: "gpu", operator: "Exists", effect: "NoExecute"), false),
            (Toleration(operator: "Exists"), true), (Toleration(value: "yes"), false),
            (Toleration(key: "tpu", operator: "Exists"), false), (Toleration(key: "gpu", operator: "Odd"), false),
        ] as [(Toleration, Bool)])
    func tolerations(toleration: Toleration, expected: Bool) throws {
        #expect(toleration.tolerates(try typed(Self.taint)) == expected)
    }

    @Test(
        "Deployments that are not to be changed",
        arguments: [
            (["spec"], "paused", true, "paused"),
            (["metadata"], "deletionTimestamp", "2026-01-02T03:04:05Z", "deleted"),
            (["spec", "strategy"], "type", "Recreate", "Recreate"),
        ] as [([String], String, JSONValue, String)])
    func deployments(path: [String], key: String, value: JSONValue, word: String) throws {
        var object = stored()
        let check = { (object: JSONValue) throws in
            let deployment = try ManagedDeployment(object)
            return PlacementCheck.objection(toChanging: deployment)
                ?? PlacementCheck.objection(toExchanging: deployment)
        }
        #expect(try check(object) == nil)
        object[path: path + [key]] = value
        #expect(try check(object)?.contains(word) == true)
    }

    private static func budget(_ selector: JSONValue?, allowed: Int64, least: JSONValue? = nil) -> JSONValue {
        var budget: JSONValue = [
            "metadata": ["name": "b"], "spec": [:], "status": ["disruptionsAllowed": .integer(allowed)],
        ]
        budget[path: ["spec", "selector"]] = selector
        budget[path: ["spec", "minAvailable"]] = least
        return budget
    }

    @Test(
        "Budgets",
        arguments: [
            (budget(["matchLabels": ["app": "f"]], allowed: 0), true),
            (budget(["matchLabels": ["app": "f"]], allowed: 1), false),
            (budget(["matchLabels": ["app": "g"]], allowed: 0), false),
            (budget([:], allowed: 0), true), (budget(nil, allowed: 0), false),
            (budget(["matchExpressions": [["key": "app", "operator": "In", "values": ["f"]]]], allowed: 0), true),
            (budget(["matchExpressions": [["key": "app", "operator": "NotIn", "values": ["f"]]]], allowed: 0), false),
            (budget(["matchExpressions": [["key": "x", "operator": "Exists"]]], allowed: 0), false),
            (budget(["matchExpressions": [["key": "x", "operator": "DoesNotExist"]]], allowed: 0), true),
        ] as [(JSONValue, Bool)])
    func budgets(json: JSONValue, refuses: Bool) throws {
        let budget: DisruptionBudget = try typed(json)
        let objection = budget.objection(toExchangingPodsLabelled: ["app": "f"])
        #expect(objection == (refuses ? "PodDisruptionBudget b allows none of its pods to be taken away now" : nil))
    }

    @Test func `a budget wants the pods that it counts, and a share wants none in particular`() throws {
        let counted: DisruptionBudget = try typed(Self.budget([:], allowed: 1, least: 2))
        #expect(counted.objection(to: 1, podsLabelled: [:]) == "PodDisruptionBudget b wants at least 2 pods")
        #expect(counted.objection(to: 2, podsLabelled: [:]) == nil)
        let share: DisruptionBudget = try typed(Self.budget([:], allowed: 1, least: "50%"))
        #expect(share.objection(to: 1, podsLabelled: [:]) == nil)
    }

    @Test(
        "Quotas",
        arguments: [
            (["pods": "3"], ["pods": "2"], 1, false), (["pods": "3"], ["pods": "2"], 2, true),
            (["requests.cpu": "1"], ["requests.cpu": "900m"], 1, false),
            (["requests.cpu": "1"], ["requests.cpu": "901m"], 1, true),
            (["memory": "64Mi"], ["memory": "32Mi"], 2, true), (["limits.cpu": "0"], [:], 1, false),
            (["services": "0"], [:], 9, false), (["pods": "0"], [:], 0, false),
        ] as [([String: String], [String: String], Int, Bool)])
    func quotas(hard: [String: String], used: [String: String], pods: Int, refuses: Bool) throws {
        let object: JSONValue = [
            "metadata": ["name": "q"], "spec": [:],
            "status": [
                "hard": .object(hard.mapValues { .string($0) }), "used": .object(used.mapValues { .string($0) }),
            ],
        ]
        let quota: ResourceQuota = try typed(object)
        let objection = quota.objection(to: pods, after: try ManagedDeployment(stored()).template)
        #expect((objection != nil) == refuses)
        if let objection { #expect(objection.hasPrefix("ResourceQuota q allows ")) }
    }

    private static func target(_ key: String, _ kind: String? = "Deployment", name: String = "f") -> JSONValue {
        var object: JSONValue = ["metadata": ["name": "x"], "spec": [:]]
        object[path: ["spec", key, "name"]] = .string(name)
        object[path: ["spec", key, "kind"]] = kind.map { .string($0) }
        return object
    }

    @Test func `whoever else changes a function is found, and only they`() {
        let scale = [Self.target("scaleTargetRef")]
        let off = { () -> JSONValue in
            var object = Self.target("targetRef")
            object[path: ["spec", "updatePolicy", "updateMode"]] = "Off"
            return object
        }()
        typealias Those = ForeignController
        #expect(Those.those(on: "f", labels: [:], horizontal: scale) == [.horizontalAutoscaler("x")])
        #expect(Those.those(on: "g", labels: [:], horizontal: scale, scaled: scale).isEmpty)
        #expect(
            Those.those(on: "f", labels: [:], horizontal: [Self.target("scaleTargetRef", "StatefulSet")]).isEmpty)
        #expect(Those.those(on: "f", labels: [:], scaled: [Self.target("scaleTargetRef", nil)]) == [.scaledObject("x")])
        #expect(
            Those.those(on: "f", labels: [:], vertical: [Self.target("targetRef"), off])
                == [.verticalAutoscaler("x", isActing: true), .verticalAutoscaler("x", isActing: false)])
    }

    @Test(
        "OpenFaaS' scaling labels",
        arguments: [
            ([:], nil), (["com.openfaas.queue": "q"], nil),
            (["com.openfaas.scale.max": "5", "com.openfaas.scale.min": "2"], "com.openfaas.scale.max"),
            (["com.openfaas.scale.factor": "0", "com.openfaas.scale.min": "2"], nil),
            (["com.openfaas.scale.factor": "0", "com.openfaas.scale.zero": "true"], "com.openfaas.scale.factor"),
            (["com.openfaas.scale.factor": "10"], "com.openfaas.scale.factor"),
        ] as [([String: String], String?)])
    func openFaaS(labels: [String: String], label: String?) {
        #expect(ForeignController.those(on: "f", labels: labels) == label.map { [.openFaaS(label: $0)] } ?? [])
    }

    @Test(
        "Who has which field",
        arguments: [
            (ForeignController.horizontalAutoscaler("x"), [ForeignController.Field.replicas]),
            (.scaledObject("x"), [.replicas]), (.openFaaS(label: "l"), [.replicas]),
            (.verticalAutoscaler("x", isActing: true), [.resources]), (.verticalAutoscaler("x", isActing: false), []),
        ] as [(ForeignController, [ForeignController.Field])])
    func claims(controller: ForeignController, fields: [ForeignController.Field]) {
        for field in [ForeignController.Field.replicas, .nodes, .resources] {
            #expect(controller.claims(field) == fields.contains(field))
        }
    }
}
